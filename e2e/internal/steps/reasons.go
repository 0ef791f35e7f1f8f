package steps

import (
	"fmt"
	"regexp"
)

// reasons are the words in which the features speak of a reason of the audit. Beside them stands
// the reason itself, for whoever looks for it: "because the code was wrong (code_wrong)".
var reasons = map[string]string{
	"account_disabled":      "the account is disabled or expired",
	"account_unknown":       "SFTPGo has no such account",
	"accounts_unavailable":  "a source of accounts cannot be read",
	"bypass_network":        "the address is in a trusted network",
	"bypass_unmapped":       "no source knows the account, and that may pass",
	"bypass_unreachable":    "the provider did not answer, and that may pass",
	"code_grace":            "the code was accepted a moment ago",
	"code_malformed":        "what was typed is no code",
	"code_reused":           "the code was used before",
	"code_right":            "the code was right",
	"code_wrong":            "the code was wrong",
	"input_forged":          "an answer came that was not asked for",
	"locked_out":            "there were too many failures",
	"not_enrolled":          "there is no second factor yet",
	"provider_limited":      "no more codes are judged for now",
	"provider_protocol":     "the provider's answer cannot be understood",
	"provider_rejected_key": "the provider rejected the API key",
	"provider_unknown_user": "the provider does not know the user",
	"provider_unreachable":  "the provider did not answer",
	"provider_user_blocked": "the provider has blocked the user",
	"push_approved":         "the push was approved",
	"push_denied":           "the push was denied",
	"recovery_code":         "it was a recovery code",
	"store_unavailable":     "the shared memory is gone",
	"user_unmapped":         "no source knows the account",
}

// because matches a reason in words, and captures the reason itself.
const because = `[^()]+ \((\w+)\)`

var reasonInWords = regexp.MustCompile(`(?:because|that) ([^()]+) \((\w+)\)`)

// wordsFit says whether the words of a sentence are those of the reasons beside them.
func wordsFit(sentence string) error {
	for _, match := range reasonInWords.FindAllStringSubmatch(sentence, -1) {
		if words, reason := match[1], match[2]; reasons[reason] != words {
			return fmt.Errorf("%q are no words for the reason %q, want %q", words, reason, reasons[reason])
		}
	}
	return nil
}
