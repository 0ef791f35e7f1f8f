package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// curlConfig writes options as curl reads them from a file: here from stdin, so that no password is
// an argument.
func curlConfig(options ...string) string {
	var b strings.Builder
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for i := 0; i+1 < len(options); i += 2 {
		fmt.Fprintf(&b, "%s = \"%s\"\n", options[i], quote.Replace(options[i+1]))
	}
	return b.String()
}

func curl(ctx context.Context, dir string, flags []string, options ...string) (string, error) {
	return command{
		name: "curl", args: append([]string{"--silent", "--show-error", "--fail", "--config", "-"}, flags...),
		stdin: curlConfig(options...), home: dir,
		refusals: []string{"(67)", "error: 401", "error: 403"}, // 67: login denied
	}.run(ctx)
}

// openCurl speaks FTP, FTPS or WebDAV: base is a URL that ends in a slash. look is a request that
// changes nothing.
func openCurl(
	base func(Servers) string, look []string, flags ...string,
) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		return openProgram(ctx, func(dir string) program {
			run := func(ctx context.Context, more []string, options ...string) error {
				options = append([]string{"user", p.Account + ":" + p.Password()}, options...)
				_, err := curl(ctx, dir, append(append([]string{}, flags...), more...), options...)
				return err
			}
			return program{
				look: func(ctx context.Context) error { return run(ctx, look, "url", base(s)) },
				upload: func(ctx context.Context, local, name string) error {
					return run(ctx, nil, "url", base(s)+name, "upload-file", local)
				},
				fetch: func(ctx context.Context, name, local string) error {
					return run(ctx, nil, "url", base(s)+name, "output", local)
				},
			}
		})
	}
}

// openCurlREST asks SFTPGo's REST API for a token, which is the login, and uses it from then on.
func openCurlREST(ctx context.Context, s Servers, p Person) (Session, error) {
	base := "http://" + s.HTTP + "/api/v2/user"
	token := ""
	return openProgram(ctx, func(dir string) program {
		run := func(ctx context.Context, options ...string) error {
			_, err := curl(ctx, dir, nil, append([]string{"header", "Authorization: Bearer " + token}, options...)...)
			return err
		}
		return program{
			look: func(ctx context.Context) error {
				out, err := curl(ctx, dir, nil, "user", p.Account+":"+p.Password(), "url", base+"/token")
				if err != nil {
					return err
				}
				var reply struct {
					AccessToken string `json:"access_token"`
				}
				err = json.Unmarshal([]byte(out), &reply)
				token = reply.AccessToken
				return err
			},
			upload: func(ctx context.Context, local, name string) error {
				// upload-file makes it a PUT; the API wants a POST of the same body.
				return run(ctx, "request", "POST", "upload-file", local, "url",
					base+"/files/upload?path="+url.QueryEscape(name))
			},
			fetch: func(ctx context.Context, name, local string) error {
				return run(ctx, "url", base+"/files?path="+url.QueryEscape(name), "output", local)
			},
		}
	})
}
