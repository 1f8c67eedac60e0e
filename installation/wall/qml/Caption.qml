// A caption as on a museum label: the first line speaks, the others stand back.
import QtQuick

Item {
    id: caption

    property string text
    property bool isMarked: false   // this one is heard
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
                width: caption.width - (index === 0 && caption.isMarked ? caption.fontPx * 1.1 : 0)
                x: index === 0 && caption.isMarked && caption.isAtRight ? caption.fontPx * 1.1 : 0
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

                // three bars, as of a sound level, beside the first line
                Row {
                    readonly property real unit: caption.fontPx * 0.1
                    visible: index === 0 && caption.isMarked
                    spacing: unit
                    x: caption.isAtRight ? parent.width - parent.contentWidth - width - 4 * unit
                                         : parent.contentWidth + 4 * unit
                    y: Math.round(caption.fontPx * 0.4)
                    Repeater {
                        model: [3, 6, 4]
                        Rectangle {
                            required property int modelData
                            width: Math.max(1, Math.round(caption.fontPx * 0.11))
                            height: Math.round(caption.fontPx * 0.1 * modelData)
                            y: (caption.fontPx * 0.6 - height) / 2
                            color: caption.color
                        }
                    }
                }
            }
        }
    }
}
