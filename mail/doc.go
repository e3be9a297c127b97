// Package mail writes and sends the mails of accounts: templates in several languages, SMTP, and the mailbox of development.
// It knows neither accounts nor the database.
package mail
