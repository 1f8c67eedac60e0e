// Lines of a subtitle that stand together; over a picture with an edge, so that they can be read.
import QtQuick

Item {
    id: subtitle

    property string text
    property string align: "center"
    property int fontPx
    property var look            // installation.wall.subtitles.SubtitleStage
    property bool hasEdge: false
    property bool fillsHeight: false

    readonly property real edgePx: Math.max(1, fontPx * 0.055)

    implicitHeight: front.implicitHeight
    visible: text !== ""

    component Lines: Text {
        width: subtitle.width
        height: subtitle.fillsHeight ? subtitle.height : implicitHeight
        text: subtitle.text
        textFormat: Text.StyledText
        font.family: subtitle.look.fontFamily
        font.pixelSize: Math.max(1, subtitle.fontPx)
        fontSizeMode: subtitle.fillsHeight ? Text.VerticalFit : Text.FixedSize
        minimumPixelSize: Math.max(1, subtitle.fontPx * 0.4)
        lineHeight: 1.12
        wrapMode: Text.Wrap
        maximumLineCount: 8
        elide: Text.ElideRight
        horizontalAlignment: subtitle.align === "left" ? Text.AlignLeft
                           : subtitle.align === "right" ? Text.AlignRight : Text.AlignHCenter
    }

    Repeater {
        model: subtitle.hasEdge ? 8 : 0
        Lines {
            required property int index
            x: subtitle.edgePx * Math.cos(index * Math.PI / 4)
            y: subtitle.edgePx * Math.sin(index * Math.PI / 4)
            color: subtitle.look.outline
        }
    }

    Lines {
        id: front
        color: subtitle.look.color
    }
}
