package doctor

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/safefile"
)

// programs finds hook programs, and files that they read, that are missing or that others may
// change.
func programs(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	var unseen error
	for _, h := range s.hooks() {
		if isHTTP(h.value) {
			continue
		}
		found, err := s.program(h)
		unseen = errors.Join(unseen, err)
		findings = append(findings, found...)
		c, err := s.configOf(h)
		if err != nil {
			continue // whatever reads configurations says so
		}
		for _, file := range c.files() {
			found, err := s.hands().on(file, "tells program "+h.value+" who gets in")
			unseen = errors.Join(unseen, err)
			findings = append(findings, found...)
		}
	}
	if hookd, err := f.hookd(); err == nil && s.overHTTP() {
		found, err := hookd.itself()
		unseen = errors.Join(unseen, err)
		findings = append(findings, found...)
	}
	return once(findings), unseen
}

// program judges the program of a hook.
func (s Settings) program(h hookSetting) ([]Finding, error) {
	way, err := safefile.Way(s.Root, h.value)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is not on this machine; run doctor where SFTPGo runs", h.value)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", h.value, err)
	}
	var findings []Finding
	if mode := way[len(way)-1].Info.Mode(); !mode.IsRegular() || mode.Perm()&0o111 == 0 {
		findings = append(findings, Finding{Severity: Warning, Where: h.value, Line: "chmod 0755 " + h.value,
			What: h.key + " is no program that can be run: every login that needs it is denied"})
	}
	found, err := s.hands().on(h.value, "is the program of "+h.key)
	return append(findings, found...), err
}

// files returns the files that tell a program of ours what to do.
func (c Configured) files() []string { return append(namedFiles(c.Config), c.File...) }

// namedFiles returns the files that a configuration names, in the order of their keys.
func namedFiles(c config.Config) (files []string) {
	settings := c.Effective()
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if path, _ := settings[key].(string); strings.HasSuffix(key, "_file") && path != "" {
			files = append(files, path)
		}
	}
	return files
}

// itself judges the program of a running hookd on this system, and the files that it reads.
func (h *Hookd) itself() ([]Finding, error) {
	program, err := os.Readlink(proc(h.PID, "exe"))
	if err != nil {
		return nil, nil // in another system, or for other eyes
	}
	info, err := buildinfo.ReadFile(proc(h.PID, "exe"))
	if err != nil || path.Base(info.Path) != "hookd" {
		return nil, nil // another process has this number here
	}
	root, rootErr := rootOf(h.PID)
	uid, uidErr := ownerOf(h.PID)
	if err := errors.Join(rootErr, uidErr); err != nil {
		return nil, fmt.Errorf("who may change hookd was not seen: %w", err)
	}
	judge := hands{root, uid, "hookd's user"}
	findings, unseen := judge.on(program, "is the program of hookd")
	files := namedFiles(h.Config)
	if h.ConfigFile != "" {
		files = append(files, h.ConfigFile)
	}
	for _, file := range files {
		found, err := judge.on(file, "tells hookd who gets in")
		findings, unseen = append(findings, found...), errors.Join(unseen, err)
	}
	return findings, unseen
}

// hands is who may change a file: root, and the user who runs what the file decides about and could
// change all of that anyway. uid is below 0 where that user is not known.
type hands struct {
	root string // of the file system, "" where it is ours
	uid  int
	whom string // the user, for people
}

func (s Settings) hands() hands { return hands{s.Root, s.UID, "the user that SFTPGo runs as"} }

// on finds where other hands may change a file or put another one in its place. what says what the
// file does.
func (h hands) on(file, what string) (findings []Finding, unseen error) {
	if err := h.sameUsers(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	way, err := safefile.Way(h.root, file)
	if err != nil {
		return nil, fmt.Errorf("%s: who may change it was not seen: %w", file, err)
	}
	trusted := func(uid int) bool { return uid == 0 || uid == h.uid }
	for _, o := range safefile.Openings(way, trusted) {
		finding := Finding{Severity: Critical, Where: o.Path}
		who := ""
		switch {
		case o.By == safefile.Owner && h.uid < 0:
			unseen = errors.Join(unseen, fmt.Errorf("%s belongs to %s; whether that is %s was not seen", o.Path,
				h.user(o.UID), h.whom))
			continue
		case o.By == safefile.Owner:
			who, finding.Line = "belongs to "+h.user(o.UID)+", who", "chown -h root "+o.Path
		case o.By == safefile.Everybody:
			who, finding.Line = fmt.Sprintf("has mode %04o: everybody", o.Info.Mode().Perm()), "chmod o-w "+o.Path
		case o.GID == 0 && o.Info.IsDir():
			continue // root's own group
		default:
			finding.Severity, finding.Line = High, "chmod g-w "+o.Path
			who = fmt.Sprintf("has mode %04o: every member of %s", o.Info.Mode().Perm(), h.group(o.GID))
		}
		does := "may put another file in the place of " + file + ", which " + what
		if o.Path == way[len(way)-1].Path {
			does = "may rewrite it, and it " + what
		}
		finding.What = who + " " + does
		findings = append(findings, finding)
	}
	return findings, unseen
}

// sameUsers says why the numbers of users of that file system are not those that the files there
// show.
func (h hands) sameUsers() error {
	if h.root == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(h.root), "uid_map"))
	if err != nil {
		return fmt.Errorf("which users own files there was not seen: %w", err)
	}
	if !sameNumbers(string(text)) {
		return errors.New(
			"it is in a file system with users of its own, so who may change it was not seen; run doctor there")
	}
	return nil
}

// sameNumbers reports whether a map of users (uid_map of user_namespaces(7)) leaves every number,
// root's among them, as it is. That of a unit with PrivateUsers=yes does: it knows root and its own
// user, and hides the others.
func sameNumbers(uidMap string) bool {
	root := false
	for line := range strings.Lines(uidMap) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != fields[1] {
			return false
		}
		root = root || fields[0] == "0"
	}
	return root
}

// user names a user for people.
func (h hands) user(uid int) string {
	if known, err := user.LookupId(strconv.Itoa(uid)); err == nil && h.root == "" {
		return "user " + known.Username
	}
	return fmt.Sprintf("user %d", uid)
}

// group names a group for people.
func (h hands) group(gid int) string {
	if known, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil && h.root == "" {
		return "group " + known.Name
	}
	return fmt.Sprintf("group %d", gid)
}

// once removes findings about the same place: several files may be below one folder.
func once(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		if !slices.ContainsFunc(out, func(o Finding) bool { return o.Where == f.Where && o.Line == f.Line }) {
			out = append(out, f)
		}
	}
	return out
}
