// The subtitles of one tile: in the lower part of its picture, or the upper, beside its caption.
import QtQuick

Item {
    id: subtitles

    readonly property var tile: parent.hung
    readonly property var look: tile.wall.subtitles
    readonly property int fontPx:
        Math.max(10, Math.round(look.isPercent ? height * look.size / 100 : look.size))
    readonly property string captionPosition: tile.caption === "" ? "below" : tile.wall.captionPosition
    readonly property int captionPx:
        Math.round(tile.fontPx * (1 + 1.35 * tile.caption.split("\n").length))

    component Blocks: Column {
        property bool isTop

        width: subtitles.width * 0.92
        x: subtitles.width * 0.04
        visible: subtitles.tile.isOnAir && !subtitles.tile.isSlate

        Repeater {
            id: blocks
            // places that are needed once stay, so that a new text is just a new text
            property int most: 0
            readonly property int now: subtitles.tile.subtitles.length
            onNowChanged: most = Math.max(most, now)
            Component.onCompleted: most = Math.max(most, now)
            model: most
            SubtitleText {
                required property int index
                readonly property var block: subtitles.tile.subtitles[index]
                readonly property bool isHere:
                    block !== undefined && (block.isTop || subtitles.look.isAtTop) === parent.isTop
                width: parent ? parent.width : 0
                text: isHere ? block.text : ""
                align: isHere ? block.align : "center"
                fontPx: subtitles.fontPx
                look: subtitles.look
                hasEdge: true
            }
        }
    }

    Blocks {
        isTop: false
        y: subtitles.height - height - subtitles.fontPx * 0.5
           - (subtitles.captionPosition.startsWith("bottom") ? subtitles.captionPx : 0)
    }

    Blocks {
        isTop: true
        y: subtitles.fontPx * 0.5
           + (subtitles.captionPosition.startsWith("top") ? subtitles.captionPx : 0)
    }
}
