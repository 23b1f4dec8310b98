package dev.orderwire.mysql;

import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/** Encrypts without a check of who the server is, as the settings may ask. */
final class TrustAnybody implements X509TrustManager {
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) {}

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
