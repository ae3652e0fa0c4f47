// Lets a passkey answer a form. On a form, or on a part of one:
//   data-passkey="get" | "create"      use a passkey, or make one
//   data-passkey-options='{…}'         what the server asks, or
//   data-passkey-url="/…"              where to fetch it
// Inside: [data-passkey-start] the button, [data-passkey-answer] the hidden field, [data-passkey-problem] what to show
// when the person or the device declines. Without scripts or without passkeys the part stays hidden; codes still work.
(function () {
  "use strict";

  if (!window.PublicKeyCredential || !navigator.credentials) {
    return;
  }

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (character) {
      return character.charCodeAt(0);
    });
  }

  function text(buffer) {
    let plain = "";
    new Uint8Array(buffer).forEach(function (byte) {
      plain += String.fromCharCode(byte);
    });
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked(publicKey) {
    const options = Object.assign({}, publicKey, { challenge: bytes(publicKey.challenge) });
    if (options.user) {
      options.user = Object.assign({}, options.user, { id: bytes(options.user.id) });
    }
    ["allowCredentials", "excludeCredentials"].forEach(function (list) {
      if (options[list]) {
        options[list] = options[list].map(function (one) {
          return Object.assign({}, one, { id: bytes(one.id) });
        });
      }
    });
    return options;
  }

  function answered(credential) {
    const response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (part) {
      if (credential.response[part]) {
        response[part] = text(credential.response[part]);
      }
    });
    if (credential.response.getTransports) {
      response.transports = credential.response.getTransports();
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: response,
    };
  }

  async function question(part) {
    if (part.dataset.passkeyOptions) {
      return JSON.parse(part.dataset.passkeyOptions);
    }
    const reply = await fetch(part.dataset.passkeyUrl, { headers: { Accept: "application/json" } });
    if (!reply.ok) {
      throw new Error("the options could not be fetched");
    }
    return (await reply.json()).request_options;
  }

  async function ask(part) {
    const problem = part.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      const options = { publicKey: asked((await question(part)).publicKey) };
      const credential =
        part.dataset.passkey === "create"
          ? await navigator.credentials.create(options)
          : await navigator.credentials.get(options);
      part.querySelector("[data-passkey-answer]").value = JSON.stringify(answered(credential));
    } catch (refusal) {
      problem.hidden = false;
      return;
    }
    part.closest("form").requestSubmit();
  }

  document.querySelectorAll("[data-passkey]").forEach(function (part) {
    part.hidden = false;
    part.querySelector("[data-passkey-start]").addEventListener("click", function () {
      ask(part);
    });
  });
})();
