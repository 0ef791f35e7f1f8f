//go:build !race

package memory

// raceDetector says that this test binary runs much slower than others.
const raceDetector = false
