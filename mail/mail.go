package mail

import (
	"slices"
	"time"
)

// Kind names a mail; its templates have the same name.
type Kind string

// The kinds of mails.
const (
	ConfirmRegistration Kind = "confirm_registration" // link and code for a new account
	RegistrationTaken   Kind = "registration_taken"   // a registration for an address that has an account
	ResetPassword       Kind = "reset_password"
	Invitation          Kind = "invitation" // link to choose the first password
	LoginLink           Kind = "login_link"
	ConfirmEmailChange  Kind = "confirm_email_change" // link to the new address
	EmailChangeNotice   Kind = "email_change_notice"  // undo link to the old address
	EmailTakenNotice    Kind = "email_taken_notice"   // an account wants an address that another account has
	PasswordChanged     Kind = "password_changed"
	AccountDeletion     Kind = "account_deletion"
	AccountRestored     Kind = "account_restored"
)

var kinds = []Kind{
	ConfirmRegistration, RegistrationTaken, ResetPassword, Invitation, LoginLink, ConfirmEmailChange, EmailChangeNotice,
	EmailTakenNotice, PasswordChanged, AccountDeletion, AccountRestored,
}

// Kinds returns all kinds.
func Kinds() []Kind { return slices.Clone(kinds) }

// Mail is a mail before it is rendered.
type Mail struct {
	ID     string    // first part of its Message-ID, the same for each attempt
	Kind   Kind      //
	To     string    // address in the spelling of the account
	Locale string    // language tag (BCP 47); "" or an unknown one for English
	At     time.Time // time of the event or request
	Data   Data
}

// Data holds the values of a mail's templates. A kind uses some of them.
type Data struct {
	Token     string        `json:"token,omitempty"`    // token in the link
	Code      string        `json:"code,omitempty"`     // 8 digits, for a client that asked for it
	ValidFor  time.Duration `json:"validFor,omitempty"` // lifetime of link and code
	ReturnTo  string        `json:"returnTo,omitempty"` // configured URL that the page of the link returns to
	Network   string        `json:"network,omitempty"`  // address of the client that asked
	Browser   string        `json:"browser,omitempty"`  // from a list; see Browser
	Address   string        `json:"address,omitempty"`  // new address, for a mail to the proven old one
	EffectsAt time.Time     `json:"effectsAt,omitzero"` // time of the erasure
}
