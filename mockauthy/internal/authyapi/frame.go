package authyapi

import (
	"image"
	"image/color"
)

// framed is a picture in the middle of a white square with the given side.
type framed struct {
	image.Image
	side int
}

// ColorModel is grey, which makes small files.
func (framed) ColorModel() color.Model { return color.GrayModel }

// Bounds is the square.
func (f framed) Bounds() image.Rectangle { return image.Rect(0, 0, f.side, f.side) }

// At is the picture, or white around it.
func (f framed) At(x, y int) color.Color {
	inner := f.Image.Bounds()
	edge := (f.side - inner.Dx()) / 2
	at := image.Pt(x-edge, y-edge).Add(inner.Min)
	if !at.In(inner) {
		return color.Gray{Y: 255}
	}
	return color.GrayModel.Convert(f.Image.At(at.X, at.Y))
}
