import Installation

PictureSheet { objectName: "sheet" }
