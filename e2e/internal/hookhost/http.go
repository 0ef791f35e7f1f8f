package hookhost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxAnswer cuts the body of an external authentication or check password hook; the JSON then
// breaks.
const maxAnswer = 1 << 20

// post sends a request to a hook and hands the body of a 200 to read; any other status is an error.
// It follows redirects as net/http does, and closes the connection afterwards.
func (h *Host) post(url string, request any, read func(io.Reader) error) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for _, header := range h.config.HTTPHeaders {
		if header.Key != "" && header.Value != "" && strings.HasPrefix(url, header.URL) {
			req.Header.Set(header.Key, header.Value)
		}
	}
	defer h.http.CloseIdleConnections()
	resp, err := h.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("hook answered http status %d, want 200", resp.StatusCode)
	}
	return read(resp.Body)
}

// postOnce is post for the two hooks that answer with one document.
func (h *Host) postOnce(url string, request any) ([]byte, error) {
	var out []byte
	err := h.post(url, request, func(body io.Reader) (err error) {
		out, err = io.ReadAll(io.LimitReader(body, maxAnswer))
		return err
	})
	return out, err
}
