// The wall: background, pictures, captions, and the curtain that rises once over the first picture.
import QtQuick

Item {
    id: root

    required property var wall      // installation.wall.window.Stage
    required property var tiles     // installation.wall.model.TileModel
    required property var view      // installation.wall.windows.ScreenView

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

    // the canvas; what is seldom there is loaded when it is; all find the stage by `wall`
    Item {
        id: canvas
        width: root.width
        height: root.height
        transform: Matrix4x4 { matrix: root.view.matrix }

        Repeater {
            model: root.tiles
            Tile { wall: root.wall; view: root.view }
        }

        Loader {
            property var wall: root.wall
            property var view: root.view
            source: root.wall.subtitles.isInStrip ? "StripSubtitles.qml" : ""
        }

        // each screen says it, that no bezel stands in the words
        Loader {
            property var wall: root.wall
            x: root.view.part[0]
            y: root.view.part[1]
            width: root.view.isPart ? root.view.part[2] : root.width
            height: root.view.isPart ? root.view.part[3] : root.height
            source: root.wall.slateText !== "" ? "Slate.qml" : ""
        }
    }

    Rectangle {
        anchors.fill: parent
        color: "black"
        visible: opacity > 0
        opacity: root.wall.isCurtainUp ? 0 : 1

        // what stood there when another process of this wall gave way to us
        Loader {
            anchors.fill: parent
            active: root.view.heldPicture !== ""
            sourceComponent: Image { source: root.view.heldPicture; cache: false }
        }

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

    // outside opening hours, over everything; not drawn while it is clear
    Rectangle {
        objectName: "cover"
        anchors.fill: parent
        color: "black"
        visible: opacity > 0
        opacity: root.wall.isClosed ? 1 : 0
        Behavior on opacity {
            enabled: root.wall.coverMs > 0
            NumberAnimation { duration: root.wall.coverMs; easing.type: Easing.InOutSine }
        }
    }
}
