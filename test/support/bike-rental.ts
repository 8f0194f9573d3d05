import type { Document } from "./workspace.ts";

const article = (title: string, content: string, metadata?: object): Document =>
  Object.assign({ title, content: `# ${title}\n\n${content}` }, metadata && { metadata });

/** A small help centre whose articles differ in the platform, the plan and the country. */
export const BIKE_RENTAL: Record<string, Document> = {
  "app-android": article(
    "Set up the Radlo app on Android",
    `You need Android 10 or later.

1. Open Google Play and search for "Radlo".
2. Tap **Install**.
3. Open the app and tap **Create account**.
4. Choose **Allow only while using the app** for the location.

## Turn on notifications on Android

Press and hold the Radlo icon, tap **App info → Notifications** and switch on **All Radlo notifications**.

## Bluetooth unlock on Android

Open **Settings → Apps → Radlo → Permissions → Nearby devices** and tap **Allow**. Hold the phone within one metre of the lock.`,
  ),
  "app-ios": article(
    "Set up the Radlo app on iPhone (iOS)",
    `You need iOS 16 or later.

1. Open the App Store and search for "Radlo".
2. Tap **Get** and confirm with Face ID.
3. Open the app and tap **Create account**.
4. Allow access to the location **While Using the App**.

## Turn on notifications on iOS

Open **Settings → Notifications → Radlo** and switch on **Allow Notifications**.

## Bluetooth unlock on iOS

Open **Settings → Privacy & Security → Bluetooth** and switch on **Radlo**. Hold the iPhone within one metre of the lock.`,
  ),
  "change-plan": article(
    "Switch between Basic and Plus",
    `You can upgrade from Basic to Plus at any time. The upgrade takes effect at once, and you pay the difference for the rest of the month.

A downgrade from Plus to Basic takes effect at the start of the next month.

To switch, open **Profile → My plan → Switch plan** in the app.`,
  ),
  "minimum-age": article(
    "Who may rent",
    `You must be at least 16 years old, in Switzerland 18. For e-bikes you must be 18 everywhere.

A child may not ride along in the basket. Child seats are not available.

Wear a helmet. It is not required by law, but we recommend it.`,
  ),
  "plans-and-prices": article(
    "Plans and prices",
    `Radlo has two plans: **Basic** and **Plus**. Prices per month include VAT.

| Country | Basic | Plus | Unlock fee (no plan) |
|---|---|---|---|
| Germany | €7.90 | €14.90 | €1.00 |
| Austria | €8.50 | €15.90 | €1.20 |
| Switzerland | CHF 9.90 | CHF 18.90 | CHF 1.50 |

## What Basic includes

- 30 minutes per ride without charge
- one bike at a time
- every further minute costs 10 cents

## What Plus includes

- 60 minutes per ride without charge
- up to three bikes at a time
- e-bikes at half price
- every further minute costs 8 cents`,
  ),
  "return-a-bike": article(
    "Return a bike",
    `Return the bike at any Radlo station or inside the green zone on the map.

1. Park the bike upright on its stand. Do not block pavements or doors.
2. Close the lock by hand until it clicks.
3. Tap **End ride** in the app.
4. Wait for the green tick.

Parking outside the green zone costs a service fee:

| Country | Fee |
|---|---|
| Germany | €10 |
| Austria | €12 |
| Switzerland | CHF 15 |

If the lock does not close, tap **Report a problem** and choose **Lock**. We end the ride for you within 15 minutes.`,
  ),
  "reserve-a-bike": article(
    "Reserve a bike",
    `You can reserve a bike for up to 15 minutes on Basic and up to 30 minutes on Plus. Tap the bike on the map and choose **Reserve**.

A reservation costs nothing. If you do not come, it ends by itself.`,
  ),
  "helmets-de": article(
    "Borrow a helmet",
    "To borrow a helmet, open **Profile → Helmets** and choose a Radlo shop. A helmet costs €1 per day.",
    { country: "Germany" },
  ),
  "helmets-at": article(
    "Borrow a helmet",
    "To borrow a helmet, ask at our Vienna shop. A helmet is free for seven days.",
    { country: "Austria" },
  ),
  "helmets-ch": article(
    "Borrow a helmet",
    "Helmets can be borrowed at partner hotels. A helmet costs CHF 2 per day.",
    { country: "Switzerland" },
  ),
  "crash-ios": article(
    "The app crashes",
    "Swipe the Radlo app away and restart your iPhone. Then install the latest version from the App Store.",
    { platform: "iOS" },
  ),
  "crash-android": article(
    "The app crashes",
    "Open **Settings → Apps → Radlo → Storage** and tap **Clear cache**. Then install the latest version from Google Play.",
    { platform: "Android" },
  ),
};
