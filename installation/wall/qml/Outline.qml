// Around the selected tile: a thin line inside its picture, so that no pixel beside it changes.
import QtQuick

Item {
    id: outline

    property color color

    Rectangle {
        anchors.fill: parent
        color: "transparent"
        border { width: 2; color: outline.color }
    }
}
