package doctor

// Checks gives all checks, in the order in which a person reads about them.
func Checks() []Check {
	config := []Need{NeedConfig}
	settings := []Need{NeedSettings}
	accounts := []Need{NeedAccounts}
	both := []Need{NeedSettings, NeedAccounts}
	return []Check{
		{"configuration", "the hooks' own configuration, and the modes of its files", nil, configuration},
		{"users_file", "the users file can be read and nobody else may write it", config, usersFile},
		{"own_bypasses", "the hooks' configuration lets nobody past", config, ownBypasses},
		{"api_key", "Authy knows the API key", config, apiKey},
		{"mapping", "every account that maps to a user at Authy does so soundly", []Need{NeedConfig, NeedAccounts}, mapping},
		{"account_source", "every hook can find out who an account is", []Need{NeedConfig, NeedSettings}, fetching},
		{"no_second_factor", "no account without a second factor", []Need{NeedConfig, NeedSettings, NeedAccounts}, noSecondFactor},

		{"hooks", "SFTPGo asks a hook at all", settings, hookMissing},
		{"hook_programs", "hook programs are there and nobody else may change them", settings, programs},
		{"hook_transport", "hooks over HTTP cannot be read or answered by others", settings, plainHTTP},
		{"external_auth_scope", "the external authentication hook is asked about passwords alone", settings, externalScopeCheck},
		{"check_password_scope", "the check password hook is asked on every protocol", both, checkScope},
		{"password_alone", "no stored password logs in alone", both, passwordAlone},
		{"replayable_code", "no code can be used again as the stored password", both, replayableCode},
		{"two_codes", "no login needs two codes", both, twoCodes},
		{"webdav_cache", "WebDAV does not remember a code for ever", both, davCache},
		{"keyint_timeout", "there is time to type a code", settings, keyintTimeout},
		{"public_key_alone", "no public key logs in alone", both, publicKeyAlone},
		{"tls_certificate_alone", "no TLS client certificate logs in alone", both, tlsAlone},
		{"self_service_keys", "nobody may put in a key that logs in alone", both, selfServiceKeys},
		{"user_api_keys", "no API key of a user logs in without a hook", both, userKeys},
		{"shares", "no shares", []Need{NeedSettings, NeedAccounts, NeedInventory}, shares},
		{"password_reset", "no mail logs in without a hook", both, passwordReset},
		{"oidc", "no identity provider logs in without a hook", settings, oidc},
		{"anonymous", "no account takes any password", accounts, anonymous},
		{"auth_plugins", "no plugin answers in place of the hooks", settings, authPlugins},
		{"global_secrets", "no secret goes to every program", settings, globalSecrets},
		{"global_headers", "no secret goes to every server", settings, headers},
		{"secrets_in_log", "no secret stands in SFTPGo's log", settings, secretsInLog},
		{"defender", "guessing is stopped", settings, defender},
	}
}
