package policy

import "encoding/json"

// CallError says what is wrong with how a program called a function: a nil context, an empty
// ruleset, or options that contradict each other. It is a fault of the program, never of an elder
// or of a list.
type CallError string

// Error says what is wrong, and what to give instead.
func (e CallError) Error() string { return string(e) }

// MarshalJSON writes code and message.
func (e CallError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{"wrong-call", e.Error()})
}
