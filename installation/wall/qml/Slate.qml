// What hangs where there is no picture to show: the film's title, quietly.
import QtQuick

Item {
    id: slate

    property string text
    property string fontFamily
    property color color

    visible: text !== ""

    Text {
        anchors.centerIn: parent
        width: parent.width * 0.8
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.WordWrap
        text: slate.text
        textFormat: Text.PlainText
        color: slate.color
        opacity: 0.85
        font.family: slate.fontFamily
        font.pixelSize: Math.max(14, Math.round(slate.height * 0.045))
        font.letterSpacing: slate.height * 0.002
    }
}
