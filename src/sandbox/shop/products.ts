import type { Lang } from '../../base/lang.ts';
import { formatMoney, money, type Money } from '../../money/money.ts';
import type { Drawing } from './drawings.ts';

export interface Product {
  id: string;
  drawing: Drawing;
  price: Money;
  name: Record<Lang, string>;
  about: Record<Lang, string>;
}

export const products: readonly Product[] = [
  {
    id: 'tea',
    drawing: 'tea',
    price: money('CNY', 12_800n),
    name: { 'zh-CN': '明前龙井 50 克', en: 'Longjing tea, 50 g' },
    about: {
      'zh-CN': '清明前头一批嫩芽，手工炒制，豆香清甜。罐装，避光保存。',
      en: 'The first buds of spring, roasted by hand, with a sweet note of chestnut. Comes in a tin.',
    },
  },
  {
    id: 'cup',
    drawing: 'cup',
    price: money('CNY', 6_800n),
    name: { 'zh-CN': '青花盖碗', en: 'Blue-and-white tea bowl' },
    about: {
      'zh-CN': '手绘缠枝纹，盖、碗、托三件一套，容量 150 毫升。',
      en: 'Painted by hand: lid, bowl and saucer. Holds 150 ml.',
    },
  },
  {
    id: 'noodles',
    drawing: 'noodles',
    price: money('CNY', 2_800n),
    name: { 'zh-CN': '老北京炸酱面', en: 'Beijing noodles with soybean paste' },
    about: {
      'zh-CN': '手擀面配小碗干炸酱，黄瓜丝、心里美、豆芽八样菜码。',
      en: 'Hand-rolled noodles with fried soybean paste and eight kinds of greens.',
    },
  },
  {
    id: 'umbrella',
    drawing: 'umbrella',
    price: money('CNY', 9_900n),
    name: { 'zh-CN': '朱红油纸伞', en: 'Red oil-paper umbrella' },
    about: {
      'zh-CN': '竹骨棉纸，桐油三遍，晴雨两用，伞面直径 84 厘米。',
      en: 'Bamboo ribs and cotton paper with three coats of tung oil. 84 cm across.',
    },
  },
  {
    id: 'haws',
    drawing: 'haws',
    price: money('CNY', 1_000n),
    name: { 'zh-CN': '冰糖葫芦', en: 'Candied haws' },
    about: {
      'zh-CN': '怀柔红果，薄脆糖衣，现蘸现卖，一串四颗。',
      en: 'Red haws from Huairou under a thin crust of sugar. Four on a stick.',
    },
  },
  {
    id: 'bookmark',
    drawing: 'bookmark',
    price: money('CNY', 1n),
    name: { 'zh-CN': '一分钱书签', en: 'One-fen bookmark' },
    about: {
      'zh-CN': '只要一分钱：用来试一试付款走不走得通。',
      en: 'It costs one fen: just right for trying out whether paying works.',
    },
  },
];

export function findProduct(id: string): Product | undefined {
  return products.find((product) => product.id === id);
}

/** For people: `¥128.00`. */
export function priceText(product: Product): string {
  return formatMoney(product.price);
}
