// SPDX-License-Identifier: Apache-2.0
// Signs with the token's key "java" and verifies with its certificate: java Sign.java CONFIGURATION PIN

import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;

public final class Sign {
  public static void main(String[] arguments) throws Exception {
    Provider vallum = Security.getProvider("SunPKCS11").configure(arguments[0]);
    Security.addProvider(vallum);
    KeyStore token = KeyStore.getInstance("PKCS11", vallum);
    token.load(null, arguments[1].toCharArray());
    byte[] message = "what is signed".getBytes(StandardCharsets.UTF_8);

    Signature signer = Signature.getInstance("SHA256withECDSA", vallum);
    signer.initSign((PrivateKey) token.getKey("java", null));
    signer.update(message);
    byte[] signature = signer.sign();

    Signature verifier = Signature.getInstance("SHA256withECDSA", "SunEC");
    verifier.initVerify(token.getCertificate("java"));
    verifier.update(message);
    System.out.println(verifier.verify(signature) ? "Verified OK" : "wrong signature");
  }
}
