#!/bin/sh
# Makes the certificates of mutual TLS with openssl: an authority, the broker, the service, and any number of devices.
#
#   ./certificates.sh certs mqtt.example.org device-0001 device-0002 …
#
# What is there already is kept, so it can be run again for more devices. Guard ca.key: who has it can be any device.
set -eu
folder=$1 broker=$2
shift 2
mkdir -p "$folder"
cd "$folder"

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -keyout ca.key -out ca.crt -subj "/CN=Device Twin authority" -addext keyUsage=critical,keyCertSign,cRLSign
fi

issue() { # file, common name, use, further extension
  [ ! -e "$1.crt" ] || return 0
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2"
  printf 'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n%s\n' "$3" "${4:-}" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -out "$1.crt" -extfile "$1.ext"
  rm "$1.csr" "$1.ext"
}

# Clients check that the broker's certificate names the host that they connect to.
issue broker "$broker" serverAuth "subjectAltName=DNS:$broker,DNS:localhost,IP:127.0.0.1"
# server.crt is what mqtt.client.certificate.filename names by default: to the broker the service is a client.
issue server devicetwin clientAuth
# An agent's certificate has its device id as common name.
for device in "$@"; do
  issue "$device" "$device" clientAuth
done
