package deploy_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestComposePublishesOnLoopbackAndEveryPortCanBeMoved(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^127\.0\.0\.1:(\$\{[A-Z_]+:-\d+\}-?)+:`)
	for name, s := range readCompose(t).Services {
		for _, port := range s.Ports {
			if !form.MatchString(port) {
				t.Errorf("%s: port %s, want 127.0.0.1:${NAME:-port}:port", name, port)
			}
		}
	}
	if ports := readCompose(t).Services["hookd"].Ports; len(ports) != 0 {
		t.Errorf("hookd publishes %v, want it reached by SFTPGo alone", ports)
	}
}

func TestComposeBakesEverythingIntoImages(t *testing.T) {
	t.Parallel()
	c := readCompose(t)
	if c.Version != "" {
		t.Errorf("version %q: docker-compose 1.29 knows conditions of depends_on only without it", c.Version)
	}
	for name, s := range c.Services {
		if s.Build.Dockerfile != "deploy/Dockerfile" || s.Build.Target != name {
			t.Errorf("%s: built from %s target %q, want deploy/Dockerfile target %s", name, s.Build.Dockerfile,
				s.Build.Target, name)
		}
		for _, v := range s.Volumes {
			if strings.ContainsAny(v[:1], "./~$") {
				t.Errorf("%s: %s is a bind mount, which carries the host's file modes; want a named volume", name, v)
			}
		}
	}
}

func TestSFTPGoStartsLast(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"hookd", "mockauthy"} {
		if got := readCompose(t).Services["sftpgo"].DependsOn[first].Condition; got != "service_healthy" {
			t.Errorf("sftpgo waits for %s by condition %q, want service_healthy", first, got)
		}
	}
}

func TestOwnServicesAreLockedDown(t *testing.T) {
	t.Parallel()
	services := readCompose(t).Services
	for _, name := range []string{"mockauthy", "hookd"} {
		s := services[name]
		if !s.ReadOnly || len(s.CapDrop) != 1 || s.CapDrop[0] != "ALL" {
			t.Errorf("%s: read_only %v, cap_drop %v, want true and [ALL]", name, s.ReadOnly, s.CapDrop)
		}
	}
}

func TestDefaultImagesAreThoseOfTheDockerfile(t *testing.T) {
	t.Parallel()
	dockerfile := read(t, "deploy/Dockerfile")
	for name, s := range readCompose(t).Services {
		for _, arg := range []string{"GO_IMAGE", "SFTPGO_IMAGE"} {
			fallback := strings.TrimSuffix(strings.TrimPrefix(s.Build.Args[arg], "${"+arg+":-"), "}")
			if !strings.Contains(dockerfile, "\nARG "+arg+"="+fallback+"\n") {
				t.Errorf("%s: default of %s is %q, not that of deploy/Dockerfile", name, arg, fallback)
			}
			if !strings.Contains(read(t, ".ci/run"), "${"+arg+":-"+fallback+"}") {
				t.Errorf(".ci/run has another default of %s than %q", arg, fallback)
			}
		}
	}
}

func TestDockerfileSuitsTheClassicBuilderAndImagesWithoutShell(t *testing.T) {
	t.Parallel()
	text := read(t, "deploy/Dockerfile")
	for _, newer := range []string{"syntax=", "--mount", "--chmod", "--link", "<<"} {
		if strings.Contains(text, newer) {
			t.Errorf("deploy/Dockerfile has %s, which the classic builder does not know", newer)
		}
	}
	stages := strings.Split(text, "\nFROM ")
	for _, stage := range stages[2:] { // after the head and the build stage
		name := strings.Fields(strings.SplitN(stage, "\n", 2)[0])[2]
		if strings.Contains(stage, "\nRUN ") {
			t.Errorf("stage %s runs commands, which an image without a shell cannot", name)
		}
		if strings.HasPrefix(stage, "hookd-alone ") { // has its user and its check from there
			continue
		}
		if name != "sftpgo" && (!strings.HasPrefix(stage, "scratch ") ||
			!strings.Contains(stage, "\nUSER 65532:65532\n")) {
			t.Errorf("stage %s: want scratch and USER 65532:65532", name)
		}
		if !strings.Contains(stage, "\nHEALTHCHECK ") {
			t.Errorf("stage %s has no HEALTHCHECK", name)
		}
	}
	if len(stages) != 6 {
		t.Errorf("%d stages, want build, mockauthy, hookd-alone, hookd, sftpgo", len(stages)-1)
	}
}
