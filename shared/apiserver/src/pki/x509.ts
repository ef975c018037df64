// The certificate library injects its parts by decorators and needs this polyfill loaded before it.
import "reflect-metadata";

export * from "@peculiar/x509";
