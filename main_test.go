package eldercare_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
)

func TestMain(m *testing.M) { effort.Main(m) }
