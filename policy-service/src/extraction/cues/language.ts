import type { Token } from '../text/tokens';

const ENGLISH = new Set(
  'the a an of to in for and with by please is are on at from it that this we i you my our their be as pay add'.split(
    ' ',
  ),
);
/** Function words that English does not have; `dots` groups thousands with dots. */
const LANGUAGES: readonly { dots: boolean; words: Set<string> }[] = [
  {
    dots: true,
    words: new Set(
      'bitte der die das den dem des und f\u00fcr von um ein eine einen sie wir ist nicht auf mit zum zur im vom an wie viel zeig zeige rechnung bestand kunde kunden lieferant lieferanten lager stück auftrag dringend hoch'.split(
        ' ',
      ),
    ),
  },
  {
    dots: true,
    words: new Set(
      'el la los las del al por para que con de su una un en y no se favor cu\u00e1nto cu\u00e1ntas cu\u00e1ntos unidades proveedor factura pedido cliente almacén prioridad ventas alta baja mueva mueve pague paga'.split(
        ' ',
      ),
    ),
  },
  {
    dots: false,
    words: new Set(
      'le la les des du de et pour avec sur une un au aux dans est vous nous veuillez sur merci combien cause facture fournisseur commande payez ajoutez entrepôt priorité'.split(
        ' ',
      ),
    ),
  },
  {
    dots: true,
    words: new Set(
      'il lo gli della del di per con una un che nel alla al e quanti quante favore fattura fornitore ordine magazzino non pagare priorità'.split(
        ' ',
      ),
    ),
  },
  {
    dots: true,
    words: new Set(
      'o os as do da dos das em para por com um uma e no na quantas quantos favor fatura fornecedor pedido estoque armazém pague'.split(
        ' ',
      ),
    ),
  },
  {
    dots: true,
    words: new Set(
      'de het een en voor van met op naar aan graag hoeveel alstublieft factuur leverancier voorraad bestelling magazijn betaal'.split(
        ' ',
      ),
    ),
  },
  {
    dots: false,
    words: new Set(
      'prosz\u0119 nie do na za dla z w i ile jest faktur\u0119 dostawcy sztuk magazynu'.split(' '),
    ),
  },
  {
    dots: true,
    words: new Set(
      'och att f\u00f6r med p\u00e5 till av det en ett og til af p\u00e5 er den lager'.split(' '),
    ),
  },
  { dots: true, words: new Set('l\u00fctfen ve i\u00e7in bir adet'.split(' ')) },
  {
    dots: false,
    words: new Set('kam mawjud fi min ila kripya karein mein kitne hai aur ko l\u016b'.split(' ')),
  },
];

export interface Language {
  foreign: boolean;
  dotThousands: boolean;
}

/** Whether a text is in another language than English, by its small words and letters. */
export function language(tokens: Token[]): Language {
  const words = tokens.filter((token) => token.kind === 'word').map((token) => token.norm);
  const english = words.filter((word) => ENGLISH.has(word)).length;
  const letters = words.join('');
  const otherScript = (letters.match(/[^\p{Script=Latin}'\u0000-\u007f]/gu) ?? []).length;
  if (otherScript > 3 && otherScript * 3 > letters.length)
    return { foreign: true, dotThousands: false };
  let best = 0;
  let dots = false;
  for (const one of LANGUAGES) {
    const score = words.filter((word) => one.words.has(word) && !ENGLISH.has(word)).length;
    if (score > best) [best, dots] = [score, one.dots];
  }
  const accented = words.filter(
    (word) => /[\u00c0-\u024f]/.test(word) && word === word.toLowerCase(),
  ).length;
  const foreign =
    (best + accented >= 2 && best + accented > english) ||
    (best + accented >= 1 &&
      english === 0 &&
      best + accented >= words.length / 6 &&
      words.length > 2);
  return { foreign, dotThousands: foreign && dots };
}
