package cli

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"software.sslmate.com/src/go-pkcs12"

	"sftpgo-authy/mockauthy/mockapi"
)

// envCommand prints what to set so that clients which have https://api.authy.com or
// https://verify.twilio.com compiled in come to the mock.
func envCommand(sys System) *cobra.Command {
	var proxy, caFile string
	cmd := askCommand(sys, "env",
		"Print variables that lead clients of api.authy.com and verify.twilio.com to the mock's proxy", noArguments,
		func(ctx context.Context, c *mockapi.Client, _ []string) (answer, error) {
			if proxy == "" {
				config, err := load(nil, sys.Env, readBounded)
				if err != nil {
					return answer{}, usageError{err}
				}
				if config.ProxyListen == "" {
					return answer{}, usageError{
						errors.New("--proxy: is missing, want the URL of the mock's proxy, as its banner shows it")}
				}
				proxy = "http://" + config.ProxyListen
			}
			app, err := namedApp(ctx, c)
			if err != nil {
				return answer{}, err
			}
			java, err := writeTrust(ctx, c, &caFile, proxy)
			if err != nil {
				return answer{}, err
			}
			var text strings.Builder
			values := map[string]string{}
			for _, v := range [][2]string{
				{"HTTPS_PROXY", proxy}, {"https_proxy", proxy}, {"HTTP_PROXY", proxy}, {"http_proxy", proxy},
				{"NO_PROXY", "localhost,127.0.0.1,::1"}, {"no_proxy", "localhost,127.0.0.1,::1"},
				{"SSL_CERT_FILE", caFile}, {"NODE_EXTRA_CA_CERTS", caFile}, {"REQUESTS_CA_BUNDLE", caFile},
				{"CURL_CA_BUNDLE", caFile}, {"TWILIO_CA_BUNDLE", caFile}, {"JAVA_TOOL_OPTIONS", java},
				{"PHP_INI_SCAN_DIR", ":" + phpDir(caFile)}, // after the folders that it has anyway
				{"TWILIO_ACCOUNT_SID", app.AccountSID}, {"TWILIO_AUTH_TOKEN", app.AuthToken},
				{"VERIFY_SERVICE_SID", app.ServiceSID},
				{"MOCKAUTHY_URL", c.URL},
			} {
				fmt.Fprintf(&text, "export %s=%s\n", v[0], quoted(v[1]))
				values[v[0]] = v[1]
			}
			return answer{values, text.String()}, nil
		})
	cmd.Flags().StringVar(&proxy, "proxy", "", "URL of the mock's proxy (default from $MOCKAUTHY_PROXY_LISTEN)")
	cmd.Flags().StringVar(&caFile, "ca-file", "mockauthy-ca.pem",
		"where to put the certificate that clients have to trust; Java gets it as FILE.p12, PHP by FILE.php/ca.ini")
	cmd.Long = cmd.Short +
		".\n\nUse it as: eval \"$(mockauthy env --proxy http://127.0.0.1:8888 --ca-file /tmp/ca.pem)\"\nThe " +
		"certificates replace those of the system, so other hosts cannot be asked from that shell; the proxy " +
		"refuses them as well."
	return cmd
}

// namedApp returns the app of --key, else the first.
func namedApp(ctx context.Context, c *mockapi.Client) (mockapi.App, error) {
	apps, err := c.Apps(ctx)
	if err != nil {
		return mockapi.App{}, err
	}
	for _, app := range apps {
		if c.Key == "" || c.Key == app.Key {
			return app, nil
		}
	}
	return mockapi.App{}, errors.New("--key: no app has that key; GET /_mock/apps lists them")
}

// phpDir is the folder of settings that tell PHP of the certificate; PHP has no variable for it.
func phpDir(caFile string) string { return caFile + ".php" }

// writeTrust writes the mock's certificate for OpenSSL and its like, and beside it for Java, which
// reads no PEM, and settings for PHP. It makes the name absolute, for clients that run in another
// folder, and returns the options with which Java comes to the proxy and trusts the mock.
func writeTrust(ctx context.Context, c *mockapi.Client, caFile *string, proxy string) (java string, err error) {
	text, err := c.CA(ctx)
	if err != nil {
		return "", err
	}
	store, err := trustStore(text)
	if err != nil {
		return "", err
	}
	if *caFile, err = filepath.Abs(*caFile); err != nil {
		return "", fmt.Errorf("--ca-file: %w", err)
	}
	if err := os.MkdirAll(phpDir(*caFile), 0o755); err != nil {
		return "", fmt.Errorf("--ca-file: %w", err)
	}
	for file, data := range map[string][]byte{*caFile: text, *caFile + ".p12": store,
		phpDir(*caFile) + "/ca.ini": fmt.Appendf(nil, "curl.cainfo=%q\nopenssl.cafile=%[1]q\n", *caFile)} {
		if err := writeWhole(file, data, 0o644); err != nil {
			return "", fmt.Errorf("--ca-file: %w", err)
		}
	}
	where, err := url.Parse(proxy)
	if err != nil || where.Hostname() == "" || where.Port() == "" {
		return "", usageError{fmt.Errorf("--proxy: %q, want a URL such as http://127.0.0.1:8888", proxy)}
	}
	var options []string
	for _, scheme := range []string{"http", "https"} {
		options = append(options, "-D"+scheme+".proxyHost="+where.Hostname(), "-D"+scheme+".proxyPort="+where.Port())
	}
	return strings.Join(append(options, `-Djavax.net.ssl.trustStore="`+*caFile+`.p12"`,
		"-Djavax.net.ssl.trustStorePassword="+pkcs12.DefaultPassword), " "), nil
}

// trustStore returns the certificates of a PEM file in the form of Java's keytool, with its usual
// password.
func trustStore(text []byte) ([]byte, error) {
	var trusted []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the mock's certificate: %w", err)
		}
		trusted = append(trusted, certificate)
	}
	return pkcs12.Modern2023.EncodeTrustStore(trusted, pkcs12.DefaultPassword)
}
