package rules

import (
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// pure lists the builtins that rules may call, sorted. The result of each depends only on its
// arguments: not on a clock, time zone, network, file or environment, nor on an address in memory.
// Every other builtin of OPA is in refused.
var pure = []string{
	"abs", "and", "array.concat", "array.reverse", "array.slice", "assign",
	"base64.decode", "base64.encode", "base64.is_valid", "base64url.decode", "base64url.encode", "base64url.encode_no_pad",
	"bits.and", "bits.negate", "bits.or", "bits.rsh", "bits.xor",
	"ceil", "concat", "contains", "count", "div", "endswith", "eq", "equal", "floor", "format_int",
	"glob.quote_meta", "graph.reachable", "gt", "gte", "hex.decode", "hex.encode",
	"indexof", "indexof_n", "internal.member_2", "internal.member_3", "internal.template_string", "intersection",
	"is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string",
	"json.filter", "json.is_valid", "json.remove", "json.unmarshal",
	"lower", "lt", "lte", "max", "min", "minus", "mul", "neq", "numbers.range", "numbers.range_step",
	"object.filter", "object.get", "object.keys", "object.remove", "object.subset", "object.union", "object.union_n",
	"or", "plus", "product",
	"regex.find_all_string_submatch_n", "regex.find_n", "regex.is_valid", "regex.match",
	"regex.split", "regex.template_match", "rem", "round", "semver.compare", "semver.is_valid", "sort", "split",
	"startswith", "strings.any_prefix_match", "strings.any_suffix_match", "strings.count",
	"strings.reverse", "strings.split_n", "substring", "sum",
	"time.parse_duration_ns", // it reads a length of time
	"time.parse_rfc3339_ns",  // the text names its distance from UTC, and the result is an instant
	"to_number", "trim", "trim_left", "trim_prefix", "trim_right", "trim_space", "trim_suffix", "type_name", "union",
	"units.parse", "units.parse_bytes", "upper", "uri.is_valid", "uri.parse",
	"urlquery.decode", "urlquery.decode_object", "urlquery.encode", "urlquery.encode_object", "uuid.parse", "walk",
}

// composing lists the builtins beyond pure that our own composition of answers calls, in the bundle
// for stock OPA.
var composing = []string{"graph.reachable_paths", "json.marshal", "replace", "sprintf"}

// refused lists the other builtins of OPA, each with what makes its answer depend on more than its
// arguments, or why no list needs it. A test fails for a builtin that is in neither list, so that
// one that comes with a new OPA must be read first.
var refused = map[string]string{
	"all":                       "deprecated",
	"any":                       "deprecated",
	"array.flatten":             "memory",
	"bits.lsh":                  "memory", // a shift by a billion makes a number of a billion bits
	"cast_array":                "deprecated",
	"cast_boolean":              "deprecated",
	"cast_null":                 "deprecated",
	"cast_object":               "deprecated",
	"cast_set":                  "deprecated",
	"cast_string":               "deprecated",
	"crypto.hmac.equal":         "cryptography",
	"crypto.hmac.md5":           "cryptography", // a mode of the Go runtime switches it off
	"crypto.hmac.sha1":          "cryptography",
	"crypto.hmac.sha256":        "cryptography",
	"crypto.hmac.sha512":        "cryptography",
	"crypto.md5":                "cryptography",
	"crypto.parse_private_keys": "cryptography",
	"crypto.sha1":               "cryptography",
	"crypto.sha256":             "cryptography",
	"crypto.x509.parse_and_verify_certificates":              "clock",
	"crypto.x509.parse_and_verify_certificates_with_options": "clock",
	"crypto.x509.parse_certificate_request":                  "certificates",
	"crypto.x509.parse_certificates":                         "certificates",
	"crypto.x509.parse_keypair":                              "certificates",
	"crypto.x509.parse_rsa_private_key":                      "certificates",
	"glob.match":                                             "time", // many stars are tried in all their places
	"graph.reachable_paths":                                  "time", // there may be exponentially many
	"graphql.is_valid":                                       "language",
	"graphql.parse":                                          "language",
	"graphql.parse_and_verify":                               "language",
	"graphql.parse_query":                                    "language",
	"graphql.parse_schema":                                   "language",
	"graphql.schema_is_valid":                                "language",
	"http.send":                                              "network",
	"internal.print":                                         "log",
	"internal.test_case":                                     "log",
	"io.jwt.decode":                                          "cryptography",
	"io.jwt.decode_verify":                                   "clock",
	"io.jwt.encode_sign":                                     "randomness",
	"io.jwt.encode_sign_raw":                                 "randomness",
	"io.jwt.verify_eddsa":                                    "cryptography",
	"io.jwt.verify_es256":                                    "cryptography",
	"io.jwt.verify_es384":                                    "cryptography",
	"io.jwt.verify_es512":                                    "cryptography",
	"io.jwt.verify_hs256":                                    "cryptography",
	"io.jwt.verify_hs384":                                    "cryptography",
	"io.jwt.verify_hs512":                                    "cryptography",
	"io.jwt.verify_ps256":                                    "cryptography",
	"io.jwt.verify_ps384":                                    "cryptography",
	"io.jwt.verify_ps512":                                    "cryptography",
	"io.jwt.verify_rs256":                                    "cryptography",
	"io.jwt.verify_rs384":                                    "cryptography",
	"io.jwt.verify_rs512":                                    "cryptography",
	"json.marshal":                                           "memory",
	"json.marshal_with_options":                              "memory",
	"json.match_schema":                                      "files",  // a schema may refer to others
	"json.patch":                                             "memory", // it may copy the whole into itself, again and again
	"json.verify_schema":                                     "files",
	"net.cidr_contains":                                      "network",
	"net.cidr_contains_matches":                              "network",
	"net.cidr_expand":                                        "network",
	"net.cidr_intersects":                                    "network",
	"net.cidr_is_valid":                                      "network",
	"net.cidr_merge":                                         "network",
	"net.cidr_overlap":                                       "network",
	"net.lookup_ip_addr":                                     "network",
	"opa.runtime":                                            "environment",
	"print":                                                  "log",
	"providers.aws.sign_req":                                 "cryptography",
	"rand.intn":                                              "randomness",
	"re_match":                                               "deprecated",
	"regex.globs_match":                                      "time",
	"regex.replace":                                          "memory",
	"rego.metadata.chain":                                    "language",
	"rego.metadata.rule":                                     "language",
	"rego.parse_module":                                      "language",
	"replace":                                                "memory", // one step may multiply the length of a text
	"set_diff":                                               "deprecated",
	// %p writes the address in memory of a big number
	"sprintf":                 "memory",
	"strings.render_template": "memory", // a template may contain %p
	"strings.replace_n":       "memory",
	"time.add_date":           "zone",
	"time.clock":              "zone",
	"time.date":               "zone",
	"time.diff":               "zone",
	"time.format":             "zone",
	"time.now_ns":             "clock",
	"time.parse_ns":           "zone",
	"time.weekday":            "zone",
	"trace":                   "log",
	"uuid.rfc4122":            "randomness",
	"yaml.is_valid":           "memory",
	"yaml.marshal":            "memory",
	"yaml.unmarshal":          "memory", // aliases multiply
}

// capabilities returns OPA's capabilities with the pure builtins only, as OPA itself declares them.
// What a host program has registered is left out, whether under a name of its own or with another
// type under a name of OPA's. A host that replaces the code of a pure builtin is not stopped: it
// could just as well replace ours. No schema is fetched: AllowNet is empty, whereas nil would allow
// all.
var capabilities = sync.OnceValue(func() *ast.Capabilities { return capabilitiesWith(pure) })

// ofBundle returns the capabilities of our composition as well.
func ofBundle() *ast.Capabilities { return capabilitiesWith(slices.Concat(pure, composing)) }

func capabilitiesWith(builtins []string) *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = nil
	for _, b := range ast.DefaultBuiltins {
		if slices.Contains(builtins, b.Name) {
			c.Builtins = append(c.Builtins, b)
		}
	}
	c.AllowNet = []string{}
	return c
}
