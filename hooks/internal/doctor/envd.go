package doctor

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/subosito/gotenv"
)

const maxFile = 1 << 20 // SFTPGo passes over larger environment files too

// envFile is one file of SFTPGo's folder env.d.
type envFile struct {
	env    map[string]string
	broken bool // SFTPGo cannot read it
}

// readEnvd reads the folder env.d of a configuration folder: its regular files in the order of
// their names.
func (d *disk) readEnvd(dir string) ([]envFile, error) {
	folder := filepath.Join(dir, "env.d")
	entries, err := d.list(folder)
	if err != nil {
		return nil, fmt.Errorf("environment %s: %w", folder, err)
	}
	var files []envFile
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, fmt.Errorf("environment %s: %w", folder, err)
		}
		if !info.Mode().IsRegular() || info.Size() > maxFile {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		text, err := d.read(path)
		if err != nil {
			return nil, fmt.Errorf("environment: %w", err)
		}
		env, broken, unseen := dotenv(string(text))
		if unseen != nil {
			return nil, fmt.Errorf("environment %s: %w", path, unseen)
		}
		files = append(files, envFile{env, broken != nil})
	}
	return files, nil
}

// dollar stands for a dollar sign that is not to be replaced.
const dollar = "\ue000"

// dotenv reads an environment file with the library that SFTPGo uses. Whether SFTPGo can read it is
// the first error. The library replaces references to other variables by ours and not by those of
// SFTPGo, so a setting that has one is the second error: what it is to SFTPGo was not seen.
func dotenv(text string) (env map[string]string, broken, unseen error) {
	literal, broken := gotenv.StrictParse(strings.NewReader(strings.ReplaceAll(text, "$", dollar)))
	if broken != nil {
		return nil, broken, nil
	}
	replaced, broken := gotenv.StrictParse(strings.NewReader(text))
	if broken != nil {
		return nil, broken, nil
	}
	env = map[string]string{}
	for name, value := range literal {
		value = strings.ReplaceAll(value, dollar, "$")
		if value != replaced[name] && strings.HasPrefix(name, "SFTPGO_") {
			return nil, nil, fmt.Errorf("%s: refers to another variable; write the value itself", name)
		}
		env[name] = value
	}
	return env, nil, nil
}
