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

    // what is seldom there is loaded when it is; all find the stage by `wall`
    Loader {
        property var wall: root.wall
        source: root.wall.subtitles.isInStrip ? "StripSubtitles.qml" : ""
    }

    Loader {
        property var wall: root.wall
        anchors.fill: parent
        source: root.wall.slateText !== "" ? "Slate.qml" : ""
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

    HoverHandler {
        enabled: root.wall.isCursorHidden
        cursorShape: Qt.BlankCursor
    }

    Loader {
        property var wall: root.wall
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        source: root.wall.noticeText !== "" ? "Notice.qml" : ""
    }

    Loader {
        property var wall: root.wall
        source: root.wall.overlayText !== "" ? "Overlay.qml" : ""
    }
}
