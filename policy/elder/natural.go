package elder

import (
	"encoding/json"
	"maps"
	"reflect"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
)

// Natural returns the elder with values of the types that JSON has: dates as text, what pointers
// point to, and named texts, truths and lists as what they are of. What is nil, or a zero date, is
// unknown. The elder itself stays as it is.
func (e Elder) Natural() Elder {
	changed := Elder(nil)
	for name, value := range e {
		switch value.(type) {
		case nil, bool, string, int, int64, float64, json.Number, []string, []any:
			continue
		}
		if changed == nil {
			changed = maps.Clone(e)
		}
		changed[name] = natural(reflect.ValueOf(value))
	}
	if changed == nil {
		return e
	}
	return changed
}

// natural returns a value as JSON has it, or as it is where JSON has none like it.
func natural(v reflect.Value) any {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if number, ok := v.Interface().(json.Number); ok {
		return number
	}
	switch t := v.Type(); {
	case t.Kind() == reflect.Bool:
		return v.Bool()
	case isText(t):
		return v.String()
	case isOf(t, timeType):
		if day := v.Convert(timeType).Interface().(time.Time); !day.IsZero() {
			return policy.DateOf(day).String()
		}
		return nil
	case isOf(t, dateType):
		if day := v.Convert(dateType).Interface().(policy.Date); !day.IsZero() {
			return day.String()
		}
		return nil
	case isTexts(t):
		return naturalTexts(v)
	}
	return v.Interface()
}

func naturalTexts(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	texts := make([]string, v.Len())
	for i := range texts {
		texts[i] = v.Index(i).String()
	}
	return texts
}
