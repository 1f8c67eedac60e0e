// For the curator, in a window only: what is wrong with the YAML just saved, or what a key did.
import QtQuick

Rectangle {
    id: notice

    readonly property var wall: parent.wall

    height: sentence.implicitHeight + 12
    color: "#e0201a12"

    Text {
        id: sentence
        x: 12
        y: 6
        width: parent.width - 24
        text: notice.wall.noticeText
        color: "#f0dcb8"
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        maximumLineCount: 4
        elide: Text.ElideRight
        font.family: notice.wall.fontFamily
        font.pixelSize: 13
    }
}
