package bolt

import (
	"encoding/binary"
	"hash/fnv"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
)

// A record stands in the file under its kind's name, a colon and the digest. Its text is when it
// ends, its number, its value, and a checksum of all that with its name: a disk that forgets a bit
// must not turn a step that was used into another one.

// nameOf returns the name under which a record stands.
func nameOf(key store.Key) []byte {
	return append(append([]byte(key.Kind.String()), ':'), key.Digest[:]...)
}

// keyOf is the inverse of nameOf.
func keyOf(name []byte) (key store.Key, ok bool) {
	cut := len(name) - len(key.Digest) - 1
	if cut < 0 || name[cut] != ':' {
		return key, false
	}
	for kind := range store.Kinds {
		if kind.String() == string(name[:cut]) {
			key.Kind = kind
			copy(key.Digest[:], name[cut+1:])
			return key, true
		}
	}
	return key, false
}

// textOf returns the text of a record.
func textOf(name []byte, r inprocess.Record) []byte {
	text := binary.BigEndian.AppendUint64(make([]byte, 0, 20+len(r.Value)), uint64(r.End))
	text = binary.BigEndian.AppendUint64(text, uint64(r.Number))
	text = append(text, r.Value...)
	return binary.BigEndian.AppendUint32(text, sum(name, text))
}

// recordOf is the inverse of textOf. ok is false for a text that textOf did not make.
func recordOf(name, text []byte) (r inprocess.Record, ok bool) {
	end := len(text) - 4
	if end < 16 || binary.BigEndian.Uint32(text[end:]) != sum(name, text[:end]) {
		return r, false
	}
	r.End, r.Number = int64(binary.BigEndian.Uint64(text)), int64(binary.BigEndian.Uint64(text[8:]))
	r.Value = string(text[16:end])
	return r, true
}

// sum is FNV and not CRC, whose table takes a program as long to make as 5 percent of its life.
func sum(name, text []byte) uint32 {
	h := fnv.New32a()
	_, _ = h.Write(name)
	_, _ = h.Write(text)
	return h.Sum32()
}
