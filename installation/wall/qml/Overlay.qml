// For the technician: what the lock is doing, in plain figures.
import QtQuick

Rectangle {
    id: overlay

    readonly property var wall: parent.wall

    x: 12
    y: 12
    width: figures.implicitWidth + 24
    height: figures.implicitHeight + 16
    color: "#d0101010"
    radius: 4

    Text {
        id: figures
        x: 12
        y: 8
        text: overlay.wall.overlayText
        color: "#e8e8e8"
        textFormat: Text.PlainText
        font.family: "monospace"
        font.pixelSize: 13
    }
}
