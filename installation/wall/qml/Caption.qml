// A caption as on a museum label: the first line speaks, the others stand back.
import QtQuick

Item {
    id: caption

    property string text
    property int fontPx
    property string fontFamily
    property color color
    property string position

    readonly property bool isInside: position !== "below"
    readonly property bool isAtRight: position.endsWith("right")
    readonly property bool isAtBottom: position.startsWith("bottom")

    Column {
        width: parent.width
        y: caption.isAtBottom ? parent.height - height : 0

        Repeater {
            model: caption.text === "" ? [] : caption.text.split("\n")
            Text {
                required property string modelData
                required property int index
                width: caption.width
                text: modelData
                textFormat: Text.PlainText
                color: caption.color
                opacity: index === 0 ? 1 : 0.62
                font.family: caption.fontFamily
                font.pixelSize: caption.fontPx
                font.letterSpacing: caption.fontPx * 0.02
                lineHeightMode: Text.FixedHeight
                lineHeight: Math.round(caption.fontPx * 1.35)
                elide: Text.ElideRight
                maximumLineCount: 1
                horizontalAlignment: caption.isAtRight ? Text.AlignRight : Text.AlignLeft
                style: caption.isInside ? Text.Raised : Text.Normal
                styleColor: "#c0000000"
            }
        }
    }
}
