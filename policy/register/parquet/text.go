package parquet

import (
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// textOf says how the values of a column are written as text, and reports false for a column of
// which no value is one cell.
func textOf(c *parquet.Column) (func(parquet.Value) string, bool) {
	if !c.Leaf() || c.Repeated() {
		return nil, false
	}
	if logical := c.Type().LogicalType(); logical != nil {
		switch of := logical.Value.(type) {
		case *format.DateType:
			return func(v parquet.Value) string {
				return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
			}, true
		case *format.TimestampType:
			if of.Unit.Value == nil {
				return nil, false
			}
			return timeOf(of.Unit.Value.Duration()), true
		case *format.DecimalType:
			return decimalOf(c.Type().Kind(), int(of.Scale))
		case *format.IntType:
			if !of.IsSigned {
				return unsigned, true
			}
		case *format.TimeType, *format.Float16Type, *format.UUIDType, *format.BsonType:
			return nil, false
		}
	}
	text, ok := texts[c.Type().Kind()]
	return text, ok
}

// texts are the values of plain types as text.
var texts = map[parquet.Kind]func(parquet.Value) string{
	parquet.Boolean:           func(v parquet.Value) string { return strconv.FormatBool(v.Boolean()) },
	parquet.Int32:             func(v parquet.Value) string { return strconv.FormatInt(int64(v.Int32()), 10) },
	parquet.Int64:             func(v parquet.Value) string { return strconv.FormatInt(v.Int64(), 10) },
	parquet.Float:             func(v parquet.Value) string { return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32) },
	parquet.Double:            func(v parquet.Value) string { return strconv.FormatFloat(v.Double(), 'f', -1, 64) },
	parquet.ByteArray:         func(v parquet.Value) string { return string(v.ByteArray()) },
	parquet.FixedLenByteArray: func(v parquet.Value) string { return string(v.ByteArray()) },
}

func unsigned(v parquet.Value) string {
	if v.Kind() == parquet.Int32 {
		return strconv.FormatUint(uint64(v.Uint32()), 10)
	}
	return strconv.FormatUint(v.Uint64(), 10)
}

// timeOf writes a time as its day, or where it is not midnight with the time of the day.
func timeOf(unit time.Duration) func(parquet.Value) string {
	second := int64(time.Second / unit)
	return func(v parquet.Value) string {
		n := v.Int64()
		seconds, part := n/second, n%second
		if part < 0 {
			seconds, part = seconds-1, part+second
		}
		t := time.Unix(seconds, part*int64(unit)).UTC()
		if t.Equal(t.Truncate(24 * time.Hour)) {
			return t.Format(time.DateOnly)
		}
		return t.Format("2006-01-02T15:04:05.999999999")
	}
}

// decimalOf writes decimals that are whole numbers of a scale.
func decimalOf(kind parquet.Kind, scale int) (func(parquet.Value) string, bool) {
	whole, ok := texts[kind]
	if !ok || kind != parquet.Int32 && kind != parquet.Int64 || scale < 0 {
		return nil, false
	}
	return func(v parquet.Value) string {
		text, negative := strings.CutPrefix(whole(v), "-")
		if len(text) <= scale {
			text = strings.Repeat("0", scale+1-len(text)) + text
		}
		part := strings.TrimRight(text[len(text)-scale:], "0")
		if text = text[:len(text)-scale]; part != "" {
			text += "." + part
		}
		if negative {
			return "-" + text
		}
		return text
	}, true
}
