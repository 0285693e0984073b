import { link, type Sample, token } from './test-sample.ts';

/** Taobao of all years, Tmall, Xianyu. */
export const TAOBAO: readonly Sample[] = [
  // 2017 to 2020: eleven letters between signs.
  token('taobao', '￥dAEYbi4KO4D￥', 'dAEYbi4KO4D'),
  token('taobao', '¥kT3mVbQ9xLz¥', 'kT3mVbQ9xLz'),
  token('taobao', '€pQ8sYd2WnRv€', 'pQ8sYd2WnRv'),
  token('taobao', '₤Zx7CvB5nMq1₤', 'Zx7CvB5nMq1'),
  token('taobao', '₳r4TgHy6UjKi₳', 'r4TgHy6UjKi'),
  token('taobao', '₰L0pOkIj8UhY₰', 'L0pOkIj8UhY'),
  token('taobao', '$w3EdCrFvTgB$', 'w3EdCrFvTgB'),
  token('taobao', '【夏季新款连衣裙】，复制这条信息￥Hn5RtYbVcXz￥后打开👉手机淘宝👈', 'Hn5RtYbVcXz'),
  token('taobao', '复制这段描述€Ab3DeFgHiJ4€后到👉淘♂寳♀👈', 'Ab3DeFgHiJ4'),
  token('taobao', '復·制这段描述₤9sDfGhJkLqW₤后到👉淘♂寳♀👈', '9sDfGhJkLqW'),
  token('taobao', '付致这行话₳QwErTy7UiOp₳转移至👉淘宀┡ē👈，打开手机淘宝', 'QwErTy7UiOp'),
  token('taobao', '複製這條訊息￥mNbVcXz2LkJ￥後打開手機淘寶', 'mNbVcXz2LkJ'),
  token('taobao', '￥dAEYbi4KO4D 打开手机淘宝', 'dAEYbi4KO4D'),
  token('taobao', '￥ gF6hJk8LpOi ￥ 复制打开淘宝', 'gF6hJk8LpOi'),
  token('taobao', '￥CZ028 mGT54R79BlZ￥', 'mGT54R79BlZ', { shareCode: 'CZ028' }),
  token('taobao', '￥HU5512 bNm8KjHgF4d￥ 打开淘宝查看', 'bNm8KjHgF4d', { shareCode: 'HU5512' }),
  token('taobao', '7(C8G93R9Dtxy)/ CA8888', 'C8G93R9Dtxy', { shareCode: 'CA8888' }),
  token('taobao', '9（vB4nM7kLpQ2）/ MF3301 打开手机淘宝', 'vB4nM7kLpQ2', { shareCode: 'MF3301' }),
  token('taobao', '29✔hmaFd0IpH0M💲', 'hmaFd0IpH0M'),
  token('taobao', '🔑Xc5VbN8mLkJ🔑 去淘宝看看', 'Xc5VbN8mLkJ'),
  token('taobao', '🎁tR2eWq9AsDf🎁', 'tR2eWq9AsDf'),
  token('taobao', '哈yU7iOp3LkJh哈，复制后打开淘宝', 'yU7iOp3LkJh'),
  token('taobao', '给你看个好东西，打开淘宝就行：aS4dFgH6jKl', 'aS4dFgH6jKl'),
  token('taobao', '￥d\u200bAEYbi4\u200bKO4D￥', 'dAEYbi4KO4D'),
  token('taobao', '￥ｄＡＥＹｂｉ４ＫＯ４Ｄ￥', 'dAEYbi4KO4D'),
  token('taobao', '￥dAEYbi4KO4D￥\n\n复制整段\n打开手机淘宝', 'dAEYbi4KO4D'),
  token('taobao', '这个好便宜！！\n\n￥eR5tYu7IoP0￥', 'eR5tYu7IoP0'),
  token('taobao', '【原装进口巧克力礼盒】💲ZaQ1XsW2CdE💲', 'ZaQ1XsW2CdE'),
  token('taobao', '淘口令：/VfR4BgT5NhY/ 打开手机淘宝', 'VfR4BgT5NhY'),
  token('taobao', 'Copy ￥MjU7NhY6BgT￥ and open Taobao', 'MjU7NhY6BgT'),
  token('taobao', '￥qAz3WsX5EdC￥ ￥qAz3WsX5EdC￥ 打开淘宝', 'qAz3WsX5EdC'),
  token('taobao', '￥rFv6TgB8YhN￥ 和 ￥uJm9IkO0LpQ￥ 两个都不错，打开淘宝', 'rFv6TgB8YhN'),
  token('taobao', '「夏日冰丝凉席iPhone15Pro同款」￥Bv3CxZ5LkJh￥ 打开手机淘宝', 'Bv3CxZ5LkJh'),
  token('taobao', 'iPhone15Pro 手机壳 打开淘宝 nH6bGv8FcDx', 'nH6bGv8FcDx'),
  // 2022: token, short address, share code.
  link('taobao', '29✔hmaFd0IpH0M💲 https://m.tb.cn/h.Uf5nC9e  CZ3457 「儿童雨衣男女童」', 'https://m.tb.cn/h.Uf5nC9e', {
    token: 'hmaFd0IpH0M',
    shareCode: 'CZ3457',
    title: '儿童雨衣男女童',
  }),
  link('taobao', '7(C8G93R9Dtxy)/ CA8888 https://m.tb.cn/h.fT4sWq1', 'https://m.tb.cn/h.fT4sWq1', {
    token: 'C8G93R9Dtxy',
    shareCode: 'CA8888',
  }),
  link('taobao', '48🗝️jK8lMn2OpQr🗝️ https://m.tb.cn/h.gB7yTr3 MU1234 复制打开淘宝', 'https://m.tb.cn/h.gB7yTr3', {
    token: 'jK8lMn2OpQr',
    shareCode: 'MU1234',
  }),
  link('taobao', '0:/￥wE4rTy6UiOp￥ https://m.tb.cn/h.UaBcDeF HU7788', 'https://m.tb.cn/h.UaBcDeF', {
    token: 'wE4rTy6UiOp',
    shareCode: 'HU7788',
  }),
  // 2023 and later.
  link(
    'taobao',
    '【淘宝】7天无理由退货 https://e.tb.cn/h.gR4sT8uVwXyZ1aB?tk=Wq3ErT5yUiO CZ225 「纯棉四件套 全棉床单」\n点击链接直接打开 或者 淘宝搜索直接打开',
    'https://e.tb.cn/h.gR4sT8uVwXyZ1aB?tk=Wq3ErT5yUiO',
    { token: 'Wq3ErT5yUiO', shareCode: 'CZ225', title: '纯棉四件套 全棉床单' },
  ),
  link(
    'taobao',
    '【淘宝】假一赔四 https://e.tb.cn/h.TyUiOpAsDfGhJkL?tk=zX4cVb6NmQw MF168 「【官方正品】新款保温杯【大容量】」点击链接直接打开 或者 淘宝搜索直接打开',
    'https://e.tb.cn/h.TyUiOpAsDfGhJkL?tk=zX4cVb6NmQw',
    { token: 'zX4cVb6NmQw', shareCode: 'MF168', title: '【官方正品】新款保温杯【大容量】' },
  ),
  link(
    'taobao',
    '【淘宝】https://m.tb.cn/h.5xYzAbC?tk=aB3dE5fG7hJ CA6677「手冲咖啡壶」',
    'https://m.tb.cn/h.5xYzAbC?tk=aB3dE5fG7hJ',
    {
      token: 'aB3dE5fG7hJ',
      shareCode: 'CA6677',
      title: '手冲咖啡壶',
    },
  ),
  link(
    'taobao',
    '【淘寶】退貨運費險 https://e.tb.cn/h.QwErTyUiOpAsDfG?tk=Kj8HgF6dSaQ HU225 「香薰蠟燭」點擊鏈接直接打開',
    'https://e.tb.cn/h.QwErTyUiOpAsDfG?tk=Kj8HgF6dSaQ',
    {
      token: 'Kj8HgF6dSaQ',
      shareCode: 'HU225',
      title: '香薰蠟燭',
    },
  ),
  link(
    'taobao',
    '看看这个 https://e.tb.cn/h.ZxCvBnMaSdFgHjK?tk=Po9IuY7tReW。真的好',
    'https://e.tb.cn/h.ZxCvBnMaSdFgHjK?tk=Po9IuY7tReW',
    {
      token: 'Po9IuY7tReW',
    },
  ),
  link('taobao', 'https://e.tb.cn/h.ZxCvBnMaSdFgHjK', 'https://e.tb.cn/h.ZxCvBnMaSdFgHjK'),
  link('taobao', 'http://m.tb.cn/h.VbNmAsD', 'http://m.tb.cn/h.VbNmAsD'),
  link('taobao', '复制 m.tb.cn/h.VbNmAsD 到浏览器', 'https://m.tb.cn/h.VbNmAsD'),
  link('taobao', '（https://m.tb.cn/h.VbNmAsD）', 'https://m.tb.cn/h.VbNmAsD'),
  link(
    'taobao',
    'HTTPS://E.TB.CN/h.ZxCvBnMaSdFgHjK?tk=Po9IuY7tReW',
    'https://e.tb.cn/h.ZxCvBnMaSdFgHjK?tk=Po9IuY7tReW',
    {
      token: 'Po9IuY7tReW',
    },
  ),
  link('taobao', 'https：//e.tb.cn/h.ZxCvBnMaSdFgHjK？tk=Po9IuY7tReW', 'https://e.tb.cn/h.ZxCvBnMaSdFgHjK'),
  link(
    'taobao',
    'https://item.taobao.com/item.htm?id=720012345678&price=39.9&sourceType=item&sp_tk=V3EzRXJUNXlVaU8=&suid=0A1B2C3D&un=abcdef&ut_sk=1.XYZ&spm=a2159r.13376460.0.0&short_name=h.gR4sT8u&app=chrome',
    'https://item.taobao.com/item.htm?id=720012345678&price=39.9&short_name=h.gR4sT8u',
    { token: 'Wq3ErT5yUiO' },
  ),
  link(
    'taobao',
    'https://item.taobao.com/item.htm?id=720012345678&tk=Wq3ErT5yUiO&wxsign=tbwAbC',
    'https://item.taobao.com/item.htm?id=720012345678&tk=Wq3ErT5yUiO',
    {
      token: 'Wq3ErT5yUiO',
    },
  ),
  link(
    'taobao',
    '宝贝在这：https://item.taobao.com/item.htm?spm=a1z10.1&id=65500012345！快看',
    'https://item.taobao.com/item.htm?id=65500012345',
  ),
  link('taobao', 'https://shop108812345.taobao.com/', 'https://shop108812345.taobao.com/'),
  link(
    'tmall',
    '【天猫】https://e.tb.cn/h.AsDfGhJkLzXcVbN?tk=Ui7OpL5kJhG CZ011 「进口婴儿奶粉 3段」',
    'https://e.tb.cn/h.AsDfGhJkLzXcVbN?tk=Ui7OpL5kJhG',
    {
      token: 'Ui7OpL5kJhG',
      shareCode: 'CZ011',
      title: '进口婴儿奶粉 3段',
    },
  ),
  link(
    'tmall',
    '【天猫超市】 https://m.tb.cn/h.6QaZwSx?tk=Ed3CrF5vTgB HU223',
    'https://m.tb.cn/h.6QaZwSx?tk=Ed3CrF5vTgB',
    {
      token: 'Ed3CrF5vTgB',
      shareCode: 'HU223',
    },
  ),
  link(
    'tmall',
    'https://detail.tmall.com/item.htm?id=610012345678&skuId=4400&spm=a220m.1000858&ali_refid=a3',
    'https://detail.tmall.com/item.htm?id=610012345678&skuId=4400',
  ),
  link(
    'tmall',
    '天猫这款更好 https://detail.m.tmall.com/item.htm?id=610012345678。',
    'https://detail.m.tmall.com/item.htm?id=610012345678',
  ),
  link(
    'xianyu',
    '【闲鱼】https://m.tb.cn/h.7n1phWg?tk=Yh6NuJ8mIkO HU591 「我在闲鱼发布了【二手相机 成色很新】」\n点击链接直接打开',
    'https://m.tb.cn/h.7n1phWg?tk=Yh6NuJ8mIkO',
    {
      token: 'Yh6NuJ8mIkO',
      shareCode: 'HU591',
      title: '二手相机 成色很新',
    },
  ),
  link(
    'xianyu',
    '【闲鱼】https://m.tb.cn/h.5AbCdEf?tk=Tg4BvF6cDxS「我在闲鱼发布了【自行车】」',
    'https://m.tb.cn/h.5AbCdEf?tk=Tg4BvF6cDxS',
    {
      token: 'Tg4BvF6cDxS',
      title: '自行车',
    },
  ),
  link(
    'xianyu',
    '【閒魚】https://m.tb.cn/h.5AbCdEf?tk=Tg4BvF6cDxS MF910 「我在閒魚發佈了【書架】」',
    'https://m.tb.cn/h.5AbCdEf?tk=Tg4BvF6cDxS',
    {
      token: 'Tg4BvF6cDxS',
      shareCode: 'MF910',
    },
  ),
  link(
    'xianyu',
    '我在闲鱼发布了一台显示器，快来看 https://m.tb.cn/h.5QqWwEe?tk=Rr4TtY6yUu8',
    'https://m.tb.cn/h.5QqWwEe?tk=Rr4TtY6yUu8',
    {
      token: 'Rr4TtY6yUu8',
    },
  ),
  link(
    'xianyu',
    'https://www.goofish.com/item?spm=a21ybx.search&id=812300045678&categoryId=126',
    'https://www.goofish.com/item?id=812300045678&categoryId=126',
  ),
  link('xianyu', 'https://2.taobao.com/item.htm?id=5551234&from=app', 'https://2.taobao.com/item.htm?id=5551234'),
];

/** JD, Alipay, Pinduoduo, Meituan, Dianping. */
export const OTHER_SHOPS: readonly Sample[] = [
  link(
    'jd',
    '【京东】https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@ CA1565 「不锈钢保温饭盒」\n点击链接直接打开 或者复制文案打开京东',
    'https://3.cn/35RO-7uG?jkl=@W0a0c28PhTuD@',
    {
      token: 'W0a0c28PhTuD',
      shareCode: 'CA1565',
      title: '不锈钢保温饭盒',
    },
  ),
  link(
    'jd',
    '【京东】https://3.cn/2-kLmNoP?jkl=@-Vb5nM8kLpQ@ MU3344 「【京东自营】洗衣液」',
    'https://3.cn/2-kLmNoP?jkl=@-Vb5nM8kLpQ@',
    {
      token: '-Vb5nM8kLpQ',
      shareCode: 'MU3344',
      title: '【京东自营】洗衣液',
    },
  ),
  link('jd', '【京东】https://3.cn/-1aBcDeF?jkl=@Qa2Ws-4EdRf@「蓝牙耳机」', 'https://3.cn/-1aBcDeF?jkl=@Qa2Ws-4EdRf@', {
    token: 'Qa2Ws-4EdRf',
    title: '蓝牙耳机',
  }),
  link(
    'jd',
    '【京东】https://3.cn/2AbCdEfG?jkl=%40W0a0c28PhTuD%40 CA1565',
    'https://3.cn/2AbCdEfG?jkl=%40W0a0c28PhTuD%40',
    {
      token: 'W0a0c28PhTuD',
      shareCode: 'CA1565',
    },
  ),
  link(
    'jd',
    '【京東】https://3.cn/2AbCdEfG?jkl=@W0a0c28PhTuD@ HU0011 「電飯煲」或者複製文案打開京東',
    'https://3.cn/2AbCdEfG?jkl=@W0a0c28PhTuD@',
    {
      token: 'W0a0c28PhTuD',
      shareCode: 'HU0011',
      title: '電飯煲',
    },
  ),
  link('jd', '我买了这个 3.cn/2AbCdEfG 你也看看', 'https://3.cn/2AbCdEfG'),
  link('jd', 'https://u.jd.com/xAbCdEf 券后99', 'https://u.jd.com/xAbCdEf'),
  link(
    'jd',
    'https://item.jd.com/100012043978.html?cu=true&utm_source=www.example.com&utm_medium=tuiguang',
    'https://item.jd.com/100012043978.html',
  ),
  link(
    'jd',
    'https://item.m.jd.com/product/100012043978.html?utm_campaign=t_335139774&ad_od=share&gx=RnAom&gxd=Rn',
    'https://item.m.jd.com/product/100012043978.html',
  ),
  token('jd', '25:/！Zq7XcV9bNmA！，复制整段，打开京东', 'Zq7XcV9bNmA'),
  token('jd', '￥Lp0OkI8jUhY￥ 打开手机京东', 'Lp0OkI8jUhY'),
  token('jd', '28:/￥Nb6VcX4zAsD￥ 复制后打开京东App', 'Nb6VcX4zAsD'),
  token('jd', '京口令 (Gf5DsA3qWeR) 去京东看', 'Gf5DsA3qWeR'),
  token('jd', '複製 ￥Lp0OkI8jUhY￥ 打開京東', 'Lp0OkI8jUhY'),
  token('alipay', '长按复制打开支付宝 fK6dH8sA2qP', 'fK6dH8sA2qP'),
  token('alipay', 'fK6dH8sA2qP 長按複製打開支付寶', 'fK6dH8sA2qP'),
  token('alipay', '#吱口令#长按复制此条消息，打开支付宝给我助力 Tz4YxW6vUtS', 'Tz4YxW6vUtS'),
  token('alipay', '#吱口令# Tz4YxW6vUtS #', 'Tz4YxW6vUtS'),
  token('alipay', '打开支付宝，领红包！\n9aBcD3eFgH5\n长按复制', '9aBcD3eFgH5'),
  link(
    'alipay',
    '扫码或打开 https://qr.alipay.com/fkx12345abcdefghijklm',
    'https://qr.alipay.com/fkx12345abcdefghijklm',
  ),
  link('alipay', 'https://ur.alipay.com/3AbCdEf?chInfo=ch_share&id=7', 'https://ur.alipay.com/3AbCdEf?id=7'),
  link(
    'pinduoduo',
    '帮我砍一刀 https://mobile.yangkeduo.com/goods.html?ps=AbCdEfGhIj',
    'https://mobile.yangkeduo.com/goods.html?ps=AbCdEfGhIj',
  ),
  link(
    'pinduoduo',
    'https://mobile.yangkeduo.com/goods2.html?goods_id=123456789012&page_from=23&share_uin=ABCDEF&refer_share_id=x1&_wv=41729',
    'https://mobile.yangkeduo.com/goods2.html?goods_id=123456789012',
  ),
  link('pinduoduo', '我在拼多多买的，https://p.pinduoduo.com/AbC12dEf，便宜！', 'https://p.pinduoduo.com/AbC12dEf'),
  link(
    'pinduoduo',
    'https://mobile.pinduoduo.com/goods.html?goods_id=998877&uin=ZZZZ',
    'https://mobile.pinduoduo.com/goods.html?goods_id=998877',
  ),
  link('meituan', '【美团】我发现一家好店 http://dpurl.cn/AbCdEfz', 'http://dpurl.cn/AbCdEfz'),
  link('meituan', '老王烧烤，4.8分，http://dpurl.cn/k9Lm2Np，打开美团看看', 'http://dpurl.cn/k9Lm2Np'),
  link('dianping', '【大众点评】这家火锅不错 http://dpurl.cn/q3Rs4Tu', 'http://dpurl.cn/q3Rs4Tu'),
  link('dianping', '【大眾點評】http://dpurl.cn/q3Rs4Tu', 'http://dpurl.cn/q3Rs4Tu'),
  link(
    'dianping',
    'https://m.dianping.com/shopshare/H9abcDEF?msource=Appshare2021&utm_source=shop_share',
    'https://m.dianping.com/shopshare/H9abcDEF',
  ),
  link(
    'meituan',
    'https://i.meituan.com/awp/hfe/hfe-page/index.html?poi=77&utm_term=share',
    'https://i.meituan.com/awp/hfe/hfe-page/index.html?poi=77',
  ),
];
