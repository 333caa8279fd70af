package policy

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
)

// CodedError is an error with a code by which a program knows it, such as wrong-folder. Its kind
// has nothing more to tell than its text.
type CodedError struct {
	Code string
	Err  error // says what is wrong; errors.Is and errors.As look into it
}

// Errorf is [fmt.Errorf] with a code.
func Errorf(code, format string, args ...any) error {
	return &CodedError{code, fmt.Errorf(format, args...)}
}

// Error says what is wrong.
func (e *CodedError) Error() string {
	if e == nil || e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// Unwrap returns the error without its code.
func (e *CodedError) Unwrap() error { return cmp.Or(e, &CodedError{}).Err }

// MarshalJSON writes code and message.
func (e *CodedError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{cmp.Or(e, &CodedError{}).Code, e.Error()})
}

// Join is [errors.Join], of errors that marshal to JSON. Of one error it is that error.
func Join(errs ...error) error {
	var all several
	for _, err := range errs {
		if err != nil {
			all = append(all, err)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

// several are errors that are told together.
type several []error

// Error says what is wrong, an error a line.
func (e several) Error() string { return errors.Join(e...).Error() }

// Unwrap returns the errors.
func (e several) Unwrap() []error { return e }

// MarshalJSON writes code, message and the errors.
func (e several) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string  `json:"code"`
		Message string  `json:"message"`
		Errors  []error `json:"errors"`
	}{"several-errors", e.Error(), e})
}
