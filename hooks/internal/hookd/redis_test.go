package hookd

import (
	"strings"
	"testing"

	"sftpgo-authy/internal/redistest"
)

// TestARedisThatIsNotFit: one that may throw away which codes were used keeps hookd from starting,
// and one that writes nothing to its disk is used with a warning.
func TestARedisThatIsNotFit(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	settings := "hookd: {redis_url: '" + redis.URL + "'}"
	_, out, stop := configured(t, settings)
	if stop() != 0 || !strings.Contains(out.String(), `"level":"WARN"`) ||
		!strings.Contains(out.String(), "writes nothing to its disk") {
		t.Errorf("it says %s", out)
	}
	if err := redis.Do(t.Context(), "config", "set", "maxmemory", "100mb", "maxmemory-policy",
		"allkeys-lru"); err != nil {
		t.Fatal(err)
	}
	_, out, stop = configured(t, settings)
	const want = "hookd.redis_url: store: redis: the server may throw away what it is to keep: maxmemory-policy is " +
		"allkeys-lru; set it to noeviction"
	if stop() == 0 || !strings.Contains(out.String(), want) {
		t.Errorf("it says %s, want %s", out, want)
	}
}
