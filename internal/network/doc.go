// Package network groups client addresses into nested networks, so that limits hold for each client and for each
// network that one customer may own: a customer of an access provider often has a whole /56 or /48 of IPv6.
package network
