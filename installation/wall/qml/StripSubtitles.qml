// The subtitles of the whole wall: a place for each language, that stays where it is.
import QtQuick

Item {
    id: strip

    readonly property var look: parent.wall.subtitles
    readonly property var view: parent.view

    // over several screens each has its own, that no bezel stands in the words
    x: view.isPart ? view.part[0] + view.part[2] * 0.05 : look.strip[0]
    y: look.strip[1]
    width: view.isPart ? view.part[2] * 0.9 : look.strip[2]
    height: look.strip[3]

    Repeater {
        model: strip.look.languages
        SubtitleText {
            required property int index
            readonly property var block: strip.look.blocks[index]
            y: index * height
            width: strip.width
            height: strip.height / strip.look.languages
            text: block ? block.text : ""
            align: block ? block.align : "center"
            fontPx: strip.look.strip[4]
            look: strip.look
            fillsHeight: true
        }
    }
}
