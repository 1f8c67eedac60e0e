import QtQuick
import QtMultimedia

// The layout has done the fitting: stretch is exact here.
VideoOutput { fillMode: VideoOutput.Stretch }
