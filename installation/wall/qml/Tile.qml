// One version on the wall: its picture (where the GPU draws), its veil while off air, its caption.
import QtQuick

Item {
    id: tile

    required property var wall
    required property var view
    required property string name
    required property int tileX
    required property int tileY
    required property int tileWidth
    required property int tileHeight
    required property int pictureX
    required property int pictureY
    required property int pictureWidth
    required property int pictureHeight
    required property real cropX
    required property real cropY
    required property real cropWidth
    required property real cropHeight
    required property int captionX
    required property int captionY
    required property int captionWidth
    required property int captionHeight
    required property int fontPx
    required property string caption
    required property bool isOnAir
    required property bool isSlate
    required property var subtitles

    Item {
        x: tile.pictureX
        y: tile.pictureY
        width: tile.pictureWidth
        height: tile.pictureHeight
        clip: tile.wall.usesGpu && (tile.cropWidth < 1 || tile.cropHeight < 1)

        Loader {
            width: tile.pictureWidth / tile.cropWidth
            height: tile.pictureHeight / tile.cropHeight
            x: -tile.cropX * width
            y: -tile.cropY * height
            source: tile.wall.usesGpu ? "VideoTile.qml" : ""
            onLoaded: tile.view.sinkCreated(tile.name, item.videoSink)
        }

        Rectangle {
            id: veil
            anchors.fill: parent
            color: tile.wall.background
            visible: opacity > 0
            opacity: tile.isSlate ? 1 : tile.isOnAir ? 0 : tile.wall.offAirVeil
            Behavior on opacity { NumberAnimation { duration: 400; easing.type: Easing.InOutSine } }
        }

        // for the curator, in a window only: this one is selected
        Loader {
            anchors.fill: parent
            source: tile.wall.selectedName === tile.name ? "Outline.qml" : ""
            onLoaded: item.color = Qt.binding(() => tile.wall.captionColor)
        }
    }

    Loader {
        readonly property var hung: tile
        x: tile.pictureX
        y: tile.pictureY
        width: tile.pictureWidth
        height: tile.pictureHeight
        source: tile.wall.subtitles.isInTiles ? "TileSubtitles.qml" : ""
    }

    Caption {
        x: tile.captionX
        y: tile.captionY
        width: tile.captionWidth
        height: tile.captionHeight
        text: tile.caption
        isMarked: tile.wall.heardNames.indexOf(tile.name) >= 0
        fontPx: tile.fontPx
        fontFamily: tile.wall.fontFamily
        color: tile.wall.captionColor
        position: tile.wall.captionPosition
        opacity: tile.isOnAir ? 1 : 0.55
        Behavior on opacity { NumberAnimation { duration: 400 } }
    }
}
