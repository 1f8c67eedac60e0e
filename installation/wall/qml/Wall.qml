// The wall: background, pictures, captions, and the curtain that rises once over the first picture.
import QtQuick

Item {
    id: root

    required property var wall      // installation.wall.window.Stage
    required property var tiles     // installation.wall.model.TileModel

    Rectangle {
        anchors.fill: parent
        color: root.wall.background
    }

    // software: one sheet for all pictures; gpu: each tile brings its own VideoOutput
    Loader {
        objectName: "sheetLoader"
        anchors.fill: parent
        source: root.wall.usesGpu ? "" : "Sheet.qml"
    }

    Repeater {
        model: root.tiles
        Tile { wall: root.wall }
    }

    Slate {
        anchors.fill: parent
        text: root.wall.slateText
        fontFamily: root.wall.fontFamily
        color: root.wall.captionColor
    }

    Rectangle {
        anchors.fill: parent
        color: "black"
        visible: opacity > 0
        opacity: root.wall.isCurtainUp ? 0 : 1
        Behavior on opacity {
            enabled: root.wall.fadeInMs > 0
            NumberAnimation { duration: root.wall.fadeInMs; easing.type: Easing.InOutSine }
        }
    }

    Overlay {
        visible: root.wall.overlayText !== ""
        text: root.wall.overlayText
    }
}
