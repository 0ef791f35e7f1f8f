//go:build race

package state

// raceDetector says that this test binary runs much slower than others.
const raceDetector = true
