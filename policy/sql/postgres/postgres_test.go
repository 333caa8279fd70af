package postgres

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// Of what goes wrong no value of a row is told.
func TestTold(t *testing.T) {
	const value = "1940-02-29"
	for _, c := range []struct {
		err  error
		want string
	}{
		{&pgconn.PgError{Code: "23514", Message: value, Detail: value, TableName: "elder", ConstraintName: "age_check"},
			"cannot do: the server refuses with 23514, table elder, constraint age_check"},
		{&pgconn.PgError{Code: "22P02", Message: value, Where: value}, "cannot do: the server refuses with 22P02"},
		{&pgconn.PgError{Code: "P0001", Message: value, Hint: value}, "cannot do: the server refuses with P0001"},
		{&pgconn.PgError{Code: "42501", Message: "permission denied for schema x", Detail: value}, "cannot do: permission denied for schema x (42501)"},
		{errors.New(value), "cannot do: the driver gives an error that may have data (*errors.errorString)"},
		{io.ErrUnexpectedEOF, "cannot do: the connection is lost"},
	} {
		if got := told("do", c.err).Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if err := told("do", context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// No error repeats what stands in a connection string that cannot be read.
func TestUnreadableDSN(t *testing.T) {
	for _, dsn := range []string{"postgres://u:geheim@[::1/x", "password=geheim port=no", "geheim", "postgres://u:geheim@h:99999/x", "postgres://u:ge%zzheim@h/x"} {
		_, err := Open(t.Context(), dsn, "eldercare")
		if err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "heim") {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}
