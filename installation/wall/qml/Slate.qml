// What hangs where there is no picture to show: the film's title, quietly.
import QtQuick

Item {
    id: slate

    readonly property var wall: parent.wall

    Text {
        anchors.centerIn: parent
        width: parent.width * 0.8
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.WordWrap
        text: slate.wall.slateText
        textFormat: Text.PlainText
        color: slate.wall.captionColor
        opacity: 0.85
        font.family: slate.wall.fontFamily
        font.pixelSize: Math.max(14, Math.round(slate.height * 0.045))
        font.letterSpacing: slate.height * 0.002
    }
}
