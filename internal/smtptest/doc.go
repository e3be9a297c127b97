// Package smtptest starts mail servers for tests, with a certificate that is valid for the test alone. A server can refuse,
// drop or stall what the test chooses.
package smtptest
